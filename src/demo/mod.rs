//! An invented region and a scripted day: the main job end to end, with nobody real in it.

pub mod day;
pub mod hub_server;
pub mod papers;
pub mod people;
mod relief_day;
pub mod script;
pub mod world;
