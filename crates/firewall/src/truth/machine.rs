//! The machine around the packet filter: its interfaces, its addresses and its routes.
use std::{collections::HashMap, net::IpAddr, time::Duration};

use serde_json::Value;

use crate::Place;

/// Longer than it takes to list the interfaces of a large machine.
const LIMIT: Duration = Duration::from_secs(10);

/// What is known about the machine; nothing where `ip` is not installed or fails.
#[derive(Debug, Clone, Default)]
pub(crate) struct Machine {
    /// Without the loopback interface; `None` where they cannot be listed.
    pub(crate) interfaces: Option<Vec<String>>,
    /// Its addresses, without those of the loopback interface.
    pub(crate) addresses: Option<Vec<IpAddr>>,
    /// By which interface it reaches an address.
    pub(crate) routes: HashMap<IpAddr, String>,
    /// Interfaces that are bridges: packets pass tables of the family `bridge` too.
    pub(crate) bridges: Vec<String>,
}

impl Machine {
    /// Asks `ip`.
    pub(crate) async fn read(place: &Place) -> Self {
        let listed = place.run("ip", &["-j", "-d", "addr"], b"", LIMIT).await;
        let listed = listed
            .ok()
            .and_then(|output| serde_json::from_slice::<Value>(&output).ok());
        let Some(Value::Array(interfaces)) = listed else {
            return Self::default();
        };
        let mut machine = Self {
            interfaces: Some(Vec::new()),
            addresses: Some(Vec::new()),
            ..Self::default()
        };
        for interface in &interfaces {
            machine.add(interface);
        }
        machine
    }

    fn add(&mut self, interface: &Value) {
        let Some(name) = interface.get("ifname").and_then(Value::as_str) else {
            return;
        };
        if name == "lo" {
            return;
        }
        if let Some(names) = &mut self.interfaces {
            names.push(name.to_owned());
        }
        let kind = interface.pointer("/linkinfo/info_kind");
        if kind.and_then(Value::as_str) == Some("bridge") {
            self.bridges.push(name.to_owned());
        }
        let listed = interface.get("addr_info").and_then(Value::as_array);
        let addresses = listed
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.get("local")?.as_str()?.parse::<IpAddr>().ok());
        if let Some(all) = &mut self.addresses {
            all.extend(addresses);
        }
    }

    /// Learns by which interfaces addresses are reached; those that cannot be reached stay unknown.
    pub(crate) async fn find_routes(&mut self, place: &Place, addresses: &[IpAddr]) {
        let wanted: Vec<&IpAddr> = addresses
            .iter()
            .filter(|address| !self.routes.contains_key(address))
            .collect();
        for address in wanted {
            let text = address.to_string();
            let arguments = ["-j", "route", "get", &text];
            let Ok(output) = place.run("ip", &arguments, b"", LIMIT).await else {
                continue;
            };
            let found = serde_json::from_slice::<Value>(&output).ok();
            let device = found
                .as_ref()
                .and_then(|routes| routes.get(0)?.get("dev")?.as_str());
            if let Some(device) = device {
                self.routes.insert(*address, device.to_owned());
            }
        }
    }

    /// Whether the address is one of the machine itself; `None` where its addresses are not known.
    pub(crate) fn is_own(&self, address: IpAddr) -> Option<bool> {
        if address.is_loopback() {
            return Some(true);
        }
        Some(self.addresses.as_ref()?.contains(&address))
    }
}
