"""English as the program reads it: sentences, words, questions and orders, hearsay."""
