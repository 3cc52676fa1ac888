//! An invented region and a scripted day: the main job end to end, with nobody real in it.

pub mod papers;
pub mod people;
pub mod world;
