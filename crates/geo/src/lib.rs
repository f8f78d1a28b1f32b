#![doc = include_str!("../README.md")]

mod built_in;
mod geo;
mod names;
mod ranges;
mod supplied;
mod table;

pub use geo::{Geo, GeoFolder};
