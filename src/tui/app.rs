//! The whole program's state: which screen, what they share, and popups above.
