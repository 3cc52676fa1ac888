//! Sonae (備え): answers "may this person be treated under insurance, and at what share?" with the network gone, and
//! opens drug histories in a declared disaster.
//!
//! Here are the rooms in reading order, lowest first. Calls go down only; `tests/house.rs` keeps that.

pub mod limits;
pub mod messages;
pub mod sys;

pub mod seal;

pub mod domain;

pub mod trust;

pub mod cache;
pub mod credential;
pub mod journal;
pub mod notebook;
pub mod snapshot;

pub mod disaster;
pub mod health;
pub mod print;
pub mod scan;
pub mod sync;

pub mod hub;

pub mod config;

pub mod app;

pub mod cli;
pub mod demo;
pub mod web;
