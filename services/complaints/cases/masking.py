"""Names and phone numbers as those see them who need not call: enough to talk about, too little to be of use."""

DOTS = "••••"


def masked_name(name: str) -> str:
    return name[:1] + "••" if name else ""


def masked_mobile(mobile: str) -> str:
    return mobile[:3] + DOTS + mobile[-4:] if len(mobile) >= 9 else DOTS if mobile else ""
