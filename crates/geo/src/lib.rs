#![doc = include_str!("../README.md")]

mod built_in;
mod geo;
#[cfg(test)]
mod pack;
mod supplied;
mod table;

pub use geo::{Geo, GeoFolder};
