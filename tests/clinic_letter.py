"""A letter of a clinic, and what is read in a letter."""

LETTER = """\
Re: Mrs Agatha Pettigrew, NHS no 943 555 0182

This 64-year-old woman noticed 18 months ago that her right hand had become weak. Her brother has ALS.
She denies dysphagia.
On examination there was wasting of the right first dorsal interosseous. Reflexes were brisk throughout.
CK 850 U/L (<200).
Plan: MRI of the brain to exclude a mass.
"""


def states(letter):
    return {it.finding: it.entry for it in letter}
