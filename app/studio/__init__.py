"""The fine-tuning studio: from a folder of songs to a named style, with proof that it got better at them."""
