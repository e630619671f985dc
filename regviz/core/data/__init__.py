"""Tables: where rows come from, how they are split, and the features that are made of them."""
