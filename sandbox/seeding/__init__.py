"""Fills the DMS and the CSC with as many made cars as wanted, as a maker's systems hold them after ten years: most of it good, some dirty.

The same seed, day and number give the same cars. It goes in blocks, each a transaction at each of the two: killed at any moment and called
again, it goes on where it was. Nobody is meant: names, numbers and papers are invented.
"""
