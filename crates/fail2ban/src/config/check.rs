//! Rules that speak for or against configuration, without looking at anything but text.

mod names;

pub use names::{References, nearest, similar};
