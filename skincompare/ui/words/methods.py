"""Words of the page on methods: what can be told, and what cannot."""

__all__ = [
    "CANNOT",
    "CANNOT_TITLE",
    "CHOOSE",
    "GONE",
    "HOW",
    "LEAD",
    "MEANING",
    "NO_PAGES",
    "OVERVIEW",
    "QUANTITIES_TITLE",
    "QUANTITY",
    "UNIT",
]

OVERVIEW = "In short"
CHOOSE = "Page"
NO_PAGES = (
    "The pages on the methods are not installed with this copy. They stand in the folder docs/methods of the "
    "project."
)
GONE = "This page cannot be read. The pages stand in the folder docs/methods of the project."
LEAD = "Two photos of the same skin, laid over each other and measured, every change with its error."
HOW = (
    "The photos are aligned, so that the same skin is compared; pixels are moved for the eye only, never for a number.",
    "What the lamp did between the photos is told by skin that was not treated, and taken out of the change.",
    "A change counts where its 95 % interval leaves out zero, and it is larger than repeat photos of unchanged skin "
    "differ. All else is “no detectable change”, which is not “no change”.",
    "What a photo cannot tell is “not measurable”, with the reason and how to take the next one.",
)
CANNOT_TITLE = "What it cannot do"
CANNOT = (
    "It makes no diagnosis, and does not say whether a treatment was good.",
    "It cannot tell whose skin changed where make-up, a filter or another lamp changed the picture: it looks for that, "
    "and does not find all of it.",
    "A whole face that was treated leaves nothing to tell the light by: the neck must be in view, or a colour chart.",
    "Pores and fine lines need 8 pixels a millimetre and more: a face that fills a phone's picture, or a close-up.",
    "Scars are told on close-ups under one lamp only.",
    "On dark skin relief, pores and lines have wider errors, and some numbers are withheld.",
    "The days on which redness is expected back are assumptions, until a clinic has enough courses of its own.",
    "Most accuracies were measured on rendered skin, whose truth is known, and on photos of untreated people; none on "
    "a clinical trial.",
)
QUANTITIES_TITLE = "What is measured"
QUANTITY, UNIT, MEANING = "Quantity", "Unit", "What it is"
