//! Authorization servers: what they say of themselves, their scopes, policies and rules.

use super::{PAGE, Reader, if_found};
use crate::okta::call::Call;
use crate::okta::decode;
use crate::okta::model::{
    ApiError, ClientId, Discovery, Policy, PolicyId, Rule, Scope, Server, ServerId, ServerKind,
};

const SERVERS: [&str; 3] = ["api", "v1", "authorizationServers"];

fn below<'a>(server: &'a ServerId, rest: &[&'a str]) -> Vec<&'a str> {
    [&SERVERS, [server.as_str()].as_slice(), rest].concat()
}

impl Reader {
    /// The discovery document of a server (OpenID Connect Discovery §4), without the credential. `None` if there is no such
    /// server, or it is inactive: the cheap test of whether `default` can be used. With a client id, its `issuer` is the one
    /// that this client's tokens carry.
    ///
    /// # Errors
    /// Those of the call; 400 for a client id that the org does not know.
    pub async fn discovery(
        &self,
        server: &ServerKind,
        client: Option<&ClientId>,
    ) -> Result<Option<Discovery>, ApiError> {
        let mut call = match server {
            ServerKind::Org => Call::get(&[".well-known", "openid-configuration"]),
            ServerKind::Custom(id) => {
                Call::get(&["oauth2", id.as_str(), ".well-known", "openid-configuration"])
            }
        };
        if let Some(client) = client {
            call = call.with("client_id", client.as_str());
        }
        if_found(self.one(call.anonymous(), decode::plain).await)
    }

    /// The custom authorization servers; the org's own is not listed by Okta.
    ///
    /// # Errors
    /// Those of the call; 401 `E0000015` or 403 where the org has no API Access Management.
    pub async fn servers(&self) -> Result<Vec<Server>, ApiError> {
        self.pages(Call::get(&SERVERS).with("limit", PAGE), decode::server).all().await
    }

    /// One custom authorization server by id or by the alias `default`, `None` if there is none.
    ///
    /// # Errors
    /// As [`Reader::servers`].
    pub async fn server(&self, id: &ServerId) -> Result<Option<Server>, ApiError> {
        if_found(self.one(Call::get(&below(id, &[])), decode::server).await)
    }

    /// The scopes of a server, Okta's own among them.
    ///
    /// # Errors
    /// As [`Reader::servers`].
    pub async fn scopes(&self, server: &ServerId) -> Result<Vec<Scope>, ApiError> {
        self.pages(Call::get(&below(server, &["scopes"])).with("limit", PAGE), decode::scope).all().await
    }

    /// The access policies of a server with their rules, both in the order in which Okta asks them. One call for the policies
    /// and one for the rules of each.
    ///
    /// # Errors
    /// As [`Reader::servers`].
    pub async fn policies(&self, server: &ServerId) -> Result<Vec<Policy>, ApiError> {
        let mut policies = self.pages(Call::get(&below(server, &["policies"])), decode::policy).all().await?;
        for policy in &mut policies {
            if let Some(id) = policy.id() {
                policy.rules = self.rules(server, &id).await?;
            }
        }
        policies.sort_by_key(Policy::priority);
        Ok(policies)
    }

    /// The rules of one policy by priority.
    ///
    /// # Errors
    /// As [`Reader::servers`].
    pub async fn rules(&self, server: &ServerId, policy: &PolicyId) -> Result<Vec<Rule>, ApiError> {
        let call = Call::get(&below(server, &["policies", policy.as_str(), "rules"]));
        let mut rules = self.pages(call, decode::rule).all().await?;
        rules.sort_by_key(Rule::priority);
        Ok(rules)
    }
}
