//! What to fetch and what to send, over any link: plan first, then act.
