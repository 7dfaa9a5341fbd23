"""The log about itself: keys of its seals, checks that were asked for and what they found."""
