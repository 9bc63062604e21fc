"""Tools of the tree itself: the demo."""
