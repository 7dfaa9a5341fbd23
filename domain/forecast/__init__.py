"""What term mark to expect of a pupil in a subject (clause 2.2.10): numbers in, chances out.

The method is an accumulator with shrinkage: the marks already given count exactly, and what is
still to come is taken from the pupil's level, drawn to what is usual for the class, the subject
and the pupil. Nothing here writes a mark or says anything of a child: a forecast is of a subject
and a term, and ends with the term.
"""
