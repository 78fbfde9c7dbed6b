//! What is known around a Setup while it is checked. Values only: whoever reads the org fills them in.

use super::{LogoFacts, NotALogo};
use crate::okta::model::{App, Discovery, Group, Readable, Scope, Server, User};
use crate::uri::Callback;
use std::collections::BTreeMap;

/// What the checks may use. `Context::default()` knows nothing, and then only rules of the Setup itself speak.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The gateway's callbacks that are known to be right, from the profile or the gateway's guide.
    pub callbacks: Vec<Callback>,
    /// Labels of the org's other apps, as they stand there; the app that is edited left out.
    pub labels_taken: Vec<String>,
    /// What the logo file is, where one is named and it was read.
    pub logo: Option<Result<LogoFacts, NotALogo>>,
    /// The discovery document of the chosen server; `Known(None)`: there is no such server.
    pub discovery: Readable<Option<Discovery>>,
    /// The scopes of the chosen server, from the management API: also those that discovery does not publish.
    pub scopes: Readable<Vec<Scope>>,
    /// The org's custom authorization servers.
    pub servers: Readable<Vec<Server>>,
    /// The app that is edited, as it is in Okta.
    pub app: Option<App>,
    /// The people whom the Setup names, by login as written there; an absent login was not found. `None`: nobody asked.
    pub people: Option<BTreeMap<String, User>>,
    /// The groups that the Setup names, by name as written there; several where a name is not unique. `None`: nobody asked.
    pub groups: Option<BTreeMap<String, Vec<Group>>>,
}

impl Context {
    /// A context that knows the gateway's production callback and nothing else.
    pub fn with_gateway_callback() -> Self {
        let uri = super::GATEWAY_CALLBACK.to_owned();
        Self { callbacks: vec![Callback { environment: "prod".to_owned(), uri }], ..Self::default() }
    }
}
