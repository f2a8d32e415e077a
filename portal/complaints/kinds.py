"""What to call what a customer sent: a complaint, or by the profile's own name a question, a suggestion…"""

from portal.complaints.rules import COMPLAINT
from portal.institution.models import Institution
from portal.words import translations


def word_for(kind: str, profile: Institution, language: str) -> str:
    """The word as it stands in the middle of a sentence (KF-02, KF-03, KX-11).

    A kind that the profile no longer knows is called a complaint, which every profile has.
    """
    named = profile.kinds.get(kind)
    if kind == COMPLAINT or named is None:
        return translations(language).gettext("complaint")
    return named.label[language].lower()
