//! Sign-in policies: the rules of an app's policy, and Okta's own simulation of a sign-in.

use super::{Reader, if_found};
use crate::okta::call::Call;
use crate::okta::decode;
use crate::okta::model::{
    ApiError, App, AppId, Engine, PolicyId, RuleId, SignOn, SignOnRule, Simulated, Simulation, UserId,
};
use serde_json::{Value, json};

impl Reader {
    /// The rules of an app's sign-in policy by priority; `None` where the app names no policy: on Classic, and for some apps.
    ///
    /// # Errors
    /// Those of the call; 403 without the right to read policies.
    pub async fn app_sign_on_rules(&self, app: &App) -> Result<Option<Vec<SignOnRule>>, ApiError> {
        let Some(policy) = app.access_policy_href().and_then(last_segment) else { return Ok(None) };
        let call = Call::get(&["api", "v1", "policies", policy.as_str(), "rules"]);
        let mut rules = self.pages(call, decode::sign_on_rule).all().await?;
        rules.sort_by_key(SignOnRule::priority);
        Ok(Some(rules))
    }

    /// One rule of a sign-in policy; `None` if it is gone.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn sign_on_rule(
        &self,
        policy: &PolicyId,
        rule: &RuleId,
    ) -> Result<Option<SignOnRule>, ApiError> {
        let call = Call::get(&["api", "v1", "policies", policy.as_str(), "rules", rule.as_str()]);
        if_found(self.one(call, decode::sign_on_rule).await)
    }

    /// Asks Okta which sign-in rules would decide for this person and app (`POST /api/v1/policies/simulate`, which changes nothing and
    /// needs only the right to read policies). Nothing is told of network and device.
    ///
    /// Okta's description wants an array, its guide posts one object: the array is sent first, the object where Okta does not take it.
    ///
    /// # Errors
    /// Those of the call: 404 where the org has no simulation; 400 where the person is not assigned.
    pub async fn simulate_sign_on(&self, app: &AppId, person: &UserId) -> Result<Simulation, ApiError> {
        let question = json!({
            "appInstance": app.as_str(), "policyTypes": ["OKTA_SIGN_ON", "ACCESS_POLICY"],
            "policyContext": { "user": { "id": person.as_str() } },
        });
        let call = Call::post(&["api", "v1", "policies", "simulate"])
            .with("expand", "EVALUATED")
            .with("expand", "RULE");
        let call = call.and_repeat();
        let array = call.clone().json(&Value::Array(vec![question.clone()]));
        let answer = match self.transport.send(&array).await {
            // "The request body was not well-formed": the only refusal that the other form can mend.
            Err(ApiError::Okta(problem)) if problem.status == 400 && problem.code.as_str() == "E0000003" => {
                self.transport.send(&call.json(&question)).await?
            }
            other => other?,
        };
        Ok(decode::simulation(&answer.json()?))
    }

    /// What is known of the sign-in policies for a person and an app: by simulation where the org has it, else the app's rules.
    ///
    /// # Errors
    /// Those of reading the rules.
    pub async fn sign_on(&self, engine: Engine, app: &App, person: &UserId) -> Result<SignOn, ApiError> {
        let (true, Some(id)) = (engine != Engine::Classic, app.id()) else { return Ok(SignOn::NotTold) };
        if let Ok(simulation) = self.simulate_sign_on(&id, person).await
            && !matches!(simulation.app, None | Some(Simulated::Undefined))
        {
            let session = self.simulated(simulation.session).await?;
            let app = self.simulated(simulation.app).await?;
            return Ok(SignOn::Simulated { session, app });
        }
        Ok(self.app_sign_on_rules(app).await?.map_or(SignOn::NotTold, SignOn::Rules))
    }

    async fn simulated(&self, said: Option<Simulated>) -> Result<Option<SignOnRule>, ApiError> {
        match said {
            Some(Simulated::Rule { policy, rule }) => self.sign_on_rule(&policy, &rule).await,
            Some(Simulated::Undefined) | None => Ok(None),
        }
    }
}

fn last_segment(href: &str) -> Option<PolicyId> {
    url::Url::parse(href).ok()?.path_segments()?.next_back()?.parse().ok()
}
