"""Training and fine-tuning. This file and the message modules import no torch: the window reads them."""
