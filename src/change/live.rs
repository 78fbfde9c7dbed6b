//! What is live in the org, as far as a plan needs it. Read by `run`, compared here.

use crate::okta::model::{
    App, AppGroup, AppUser, BucketState, ClientSecret, Discovery, Group, Identity, OrgFacts, Policy,
    Readable, Scope, Server, User,
};
use std::collections::BTreeMap;

/// The live state that one plan is made from.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// The org.
    pub org: Option<OrgFacts>,
    /// Who we are there.
    pub me: Option<Identity>,
    /// The app that the draft is about, or the one a half-finished apply of this draft made.
    pub app: Option<App>,
    /// Apps with the wanted name, the draft's own left out.
    pub same_label: Vec<App>,
    /// People assigned to the app, directly or through groups.
    pub app_users: Readable<Vec<AppUser>>,
    /// Groups assigned to the app.
    pub app_groups: Readable<Vec<AppGroup>>,
    /// Its client secrets, values left out: only how many there are, and whether they are active.
    pub secrets: Readable<Vec<ClientSecret>>,
    /// The people whom the Setup names, by login as written there. An absent login was not found.
    pub people: BTreeMap<String, User>,
    /// The groups that the Setup names, by name as written there; several where a name is not unique.
    pub groups: BTreeMap<String, Vec<Group>>,
    /// Members of groups by group id, where they were loaded: of those that are to be unassigned, and of the assigned ones that
    /// stay. With both, the people who lose access are told by name; without, they are a bound.
    pub members: BTreeMap<String, Vec<User>>,
    /// The built-in group of everybody.
    pub everyone: Readable<Group>,
    /// The custom authorization servers.
    pub servers: Readable<Vec<Server>>,
    /// The discovery document of the chosen server; `Known(None)` when there is no such server.
    pub discovery: Readable<Option<Discovery>>,
    /// The scopes of the chosen server.
    pub scopes: Readable<Vec<Scope>>,
    /// The access policies of the chosen server, with their rules, by priority. Not asked for the org's own server: it has none.
    pub policies: Readable<Vec<Policy>>,
    /// Rate-limit buckets as last seen, for the estimate.
    pub budget: Vec<BucketState>,
}
