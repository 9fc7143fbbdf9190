"""Wire formats: what a DMS or CSC sends and gets over HTTP. Their words, not ours; `translate.py` of each adapter goes between.

Models named `…Record` travel from us to the partner, `…Answer` is what it answers, `…Push` is what it sends by itself.
Unknown fields are ignored (partners differ); missing or ill-typed ones break the contract. (design section 6)
"""
