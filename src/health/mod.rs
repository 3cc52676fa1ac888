//! What the box can say about itself: doctor, metrics.
