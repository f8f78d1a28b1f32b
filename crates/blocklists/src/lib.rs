#![doc = include_str!("../README.md")]

mod catalogue;
mod download;
mod guard;
mod index;
mod judge;
mod line;
mod parse;
mod ranges;
mod source_url;
mod special;

pub use catalogue::{Families, KnownList, ListFormat, catalogue};
pub use download::{
    BadCertificate, BadInternalHost, Body, CertificateFault, DownloadConfig, DownloadError,
    DownloadLimits, Downloader, Fetched, InternalHost, NotAList, Request, Resolve, ResolveError,
    SystemResolver, TrustedRoot, Unreached, Validators, Waiting, backoff,
};
pub use guard::{Guard, Guarded, WIDEST_V4, WIDEST_V6};
pub use index::{Index, Overlap};
pub use judge::{Difference, Doubt, Extent, Judgement, Share, difference, judge};
pub use parse::{Junk, JunkLine, Limits, List, ParseError, parse};
pub use ranges::{Addresses, Ranges, fewest};
pub use source_url::{BadSourceUrl, SourceUrl};
pub use special::Special;
