//! Tables in network namespaces of their own, and real packets between them. They need root.

// Marked as tests for clippy, which knows only unit tests by itself.
#[cfg(test)]
mod backends;
#[cfg(test)]
mod drift;
#[cfg(test)]
mod ends;
#[cfg(test)]
mod flood;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod ground;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod loading;
#[cfg(test)]
#[path = "../namespace/mod.rs"]
mod namespace;
#[cfg(test)]
mod paths;
#[cfg(test)]
mod removal;

/// Runs a test for each way of holding a table.
macro_rules! with_each_backend {
    ($($test:ident),* $(,)?) => {$(
        mod $test {
            #[tokio::test]
            async fn by_nftables() {
                super::$test(firewall::Backend::Nftables).await;
            }

            #[tokio::test]
            async fn by_ipset() {
                super::$test(firewall::Backend::Ipset).await;
            }
        }
    )*};
}
pub(crate) use with_each_backend;
