//! Verdicts about rulesets in network namespaces, against real packets. They need root.

// Marked as tests for clippy, which knows only unit tests by itself.
#[cfg(test)]
mod drift;
#[cfg(test)]
mod expected;
#[cfg(test)]
mod fail2ban;
#[cfg(test)]
mod gone;
#[cfg(test)]
mod ground;
#[cfg(test)]
mod iptables;
#[cfg(test)]
#[path = "../namespace/mod.rs"]
mod namespace;
#[cfg(test)]
mod own_table;
#[cfg(test)]
mod probes;
#[cfg(test)]
mod random;
#[cfg(test)]
mod rulesets;
#[cfg(test)]
mod sets;
