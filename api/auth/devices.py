"""«Firefox, Windows»: what a browser says of itself, in a word that its owner recognises."""

from __future__ import annotations

#: sign in the User-Agent → its name; the first that fits, for browsers imitate one another
BROWSERS = (
    ("YaBrowser", "Яндекс Браузер"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """The browser and the system, or «другая программа»."""
    words = [
        next((name for sign, name in known if sign in user_agent), None)
        for known in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(word for word in words if word) or "другая программа"
