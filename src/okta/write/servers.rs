//! Access policies, rules and scopes of an authorization server. Okta renumbers priorities by itself after each of these.

use super::{Done, Writer, without};
use crate::okta::call::Call;
use crate::okta::decode;
use crate::okta::model::{ApiError, Policy, PolicyId, Rule, RuleId, Scope, ServerId};
use serde_json::{Map, Value};

/// What Okta writes into a policy, rule or scope itself.
const READ_ONLY: [&str; 4] = ["created", "lastUpdated", "_links", "_embedded"];
/// In a rule the description marks `id` as `readOnly` too; in a policy it does not, and there it goes back as it came.
const READ_ONLY_IN_RULE: [&str; 5] = ["id", "created", "lastUpdated", "_links", "_embedded"];

fn below<'a>(server: &'a ServerId, rest: &[&'a str]) -> Vec<&'a str> {
    [&["api", "v1", "authorizationServers", server.as_str()], rest].concat()
}

fn body(object: &Map<String, Value>) -> Value {
    Value::Object(without(object, &READ_ONLY))
}

impl Writer {
    /// Creates an access policy. Never repeated by itself.
    ///
    /// # Errors
    /// Those of the call; 403 without the role to edit authorization servers.
    pub async fn create_policy(
        &self,
        server: &ServerId,
        policy: &Map<String, Value>,
    ) -> Result<Done<Policy>, ApiError> {
        let _turn = self.turn(server.as_str()).await;
        self.object(Call::post(&below(server, &["policies"])).json(&body(policy)), decode::policy).await
    }

    /// Replaces an access policy by what was read with the wanted changes made to it. Its rules are not touched.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn replace_policy(
        &self,
        server: &ServerId,
        id: &PolicyId,
        policy: &Policy,
    ) -> Result<Done<Policy>, ApiError> {
        let _turn = self.turn(server.as_str()).await;
        self.object(
            Call::put(&below(server, &["policies", id.as_str()])).json(&body(&policy.raw)),
            decode::policy,
        )
        .await
    }

    /// Deletes an access policy and its rules.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn delete_policy(&self, server: &ServerId, id: &PolicyId) -> Result<Done<()>, ApiError> {
        let _turn = self.turn(server.as_str()).await;
        self.plain(Call::delete(&below(server, &["policies", id.as_str()]))).await
    }

    /// Creates a rule. `conditions.scopes.include` must be in it: Okta stores a missing one as an empty list, which matches
    /// nothing that is asked for. Never repeated by itself.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn create_rule(
        &self,
        server: &ServerId,
        policy: &PolicyId,
        rule: &Map<String, Value>,
    ) -> Result<Done<Rule>, ApiError> {
        let _turn = self.turn(server.as_str()).await;
        self.object(
            Call::post(&below(server, &["policies", policy.as_str(), "rules"])).json(&body(rule)),
            decode::rule,
        )
        .await
    }

    /// Replaces a rule by what was read with the wanted changes made to it.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn replace_rule(
        &self,
        server: &ServerId,
        policy: &PolicyId,
        id: &RuleId,
        rule: &Rule,
    ) -> Result<Done<Rule>, ApiError> {
        let _turn = self.turn(server.as_str()).await;
        let call = Call::put(&below(server, &["policies", policy.as_str(), "rules", id.as_str()]));
        let rule = Value::Object(without(&rule.0, &READ_ONLY_IN_RULE));
        self.object(call.json(&rule), decode::rule).await
    }

    /// Deletes a rule.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn delete_rule(
        &self,
        server: &ServerId,
        policy: &PolicyId,
        id: &RuleId,
    ) -> Result<Done<()>, ApiError> {
        let _turn = self.turn(server.as_str()).await;
        self.plain(Call::delete(&below(server, &["policies", policy.as_str(), "rules", id.as_str()]))).await
    }

    /// Creates a scope. Never repeated by itself.
    ///
    /// # Errors
    /// Those of the call; 400 for a name that begins with `okta.`.
    pub async fn create_scope(
        &self,
        server: &ServerId,
        scope: &Map<String, Value>,
    ) -> Result<Done<Scope>, ApiError> {
        let _turn = self.turn(server.as_str()).await;
        self.object(Call::post(&below(server, &["scopes"])).json(&body(scope)), decode::scope).await
    }
}
