"""The judge: what it is asked, what it is shown, and which of its answers let a sentence pass."""
