//! Who is logged in to the machine, as a test says.
use std::{net::IpAddr, sync::Mutex};

use agent::{Facts, FactsSource};

/// A machine of which a test tells who is logged in.
pub(crate) struct Sessions(pub(crate) &'static Mutex<Vec<IpAddr>>);

impl FactsSource for Sessions {
    fn read(&self) -> std::io::Result<Facts> {
        Ok(Facts {
            ssh_sessions: self.0.lock().unwrap().clone(),
            ..Facts::default()
        })
    }
}
