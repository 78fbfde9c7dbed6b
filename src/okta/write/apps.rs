//! Apps, their logo, secrets and assignments.

use super::super::budget::Bucket;
use super::{Done, Writer, without};
use crate::okta::call::Call;
use crate::okta::decode;
use crate::okta::model::{
    ApiError, App, AppGroup, AppId, AppUser, ClientSecret, GroupId, PolicyId, SecretId, UserId,
};
use crate::secret::Secret;
use crate::text::Clean;
use crate::wire::Body;
use serde_json::{Map, Value, json};

const APPS: [&str; 3] = ["api", "v1", "apps"];

/// What Okta writes into an app itself and its description marks `readOnly`. Okta ignores these in a PUT; a gateway that checks
/// requests against the description does not, so they are left out. Everything else goes back as it came, known or not.
const READ_ONLY: [&str; 9] =
    ["id", "created", "lastUpdated", "status", "orn", "features", "universalLogout", "_links", "_embedded"];

fn below<'a>(app: &'a AppId, rest: &[&'a str]) -> Vec<&'a str> {
    [&APPS, [app.as_str()].as_slice(), rest].concat()
}

/// The body of a PUT: all that was read, less what is Okta's own.
fn replacement(app: &App) -> Value {
    let mut map = without(&app.0, &READ_ONLY);
    if let Some(settings) = map.get_mut("settings").and_then(Value::as_object_mut) {
        settings.remove("emOptInStatus");
    }
    // A client secret in a PUT becomes the secret. Left out, the present one stays.
    decode::lift_secret(&mut map);
    Value::Object(map)
}

impl Writer {
    /// Creates an app, active at once. The answer's client secret comes beside the app, never in it. Never repeated by itself:
    /// after a fault, look whether it was made.
    ///
    /// # Errors
    /// Those of the call; see [`ApiError::outcome_unknown`].
    pub async fn create_app(
        &self,
        app: &Map<String, Value>,
    ) -> Result<Done<(App, Option<Secret>)>, ApiError> {
        let call = Call::post(&APPS).with("activate", "true").json(&Value::Object(app.clone()));
        self.object(call, decode::app).await
    }

    /// Gives an app a sign-in policy (`PUT /api/v1/apps/{appId}/policies/{policyId}`: 204, no body; Identity Engine only).
    ///
    /// # Errors
    /// Those of the call.
    pub async fn set_sign_in_policy(&self, app: &AppId, policy: &PolicyId) -> Result<Done<()>, ApiError> {
        self.plain(Call::put(&below(app, &["policies", policy.as_str()]))).await
    }

    /// Replaces an app by `app`, which must be what was read with the wanted changes made to it: Okta's PUT resets what is
    /// left out. Reads `lastUpdated` just before, since Okta itself keeps no two writers apart.
    ///
    /// # Errors
    /// [`ApiError::Changed`], with nothing written, if it is not `expected_last_updated`; else those of the two calls.
    pub async fn replace_app(
        &self,
        id: &AppId,
        expected_last_updated: &str,
        app: &App,
    ) -> Result<Done<(App, Option<Secret>)>, ApiError> {
        let _turn = self.turn(id.as_str()).await;
        let now = self.object(Call::get(&below(id, &[])), decode::listed_app).await?.value;
        if now.last_updated() != Some(expected_last_updated) {
            return Err(ApiError::Changed {
                what: Clean::new(&format!("the app \"{}\"", now.raw_label())),
                at: Clean::new(now.last_updated().unwrap_or("an unknown time")),
                read: Clean::new(expected_last_updated),
                by: None,
                fields: Vec::new(),
            });
        }
        self.object(Call::put(&below(id, &[])).json(&replacement(app)), decode::app).await
    }

    /// Uploads the logo: PNG, JPEG, SVG or GIF below 1 MB. It replaces the one before.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn upload_logo(
        &self,
        app: &AppId,
        file_name: &str,
        media_type: &str,
        bytes: Vec<u8>,
    ) -> Result<Done<()>, ApiError> {
        let _turn = self.turn(app.as_str()).await;
        let (file_name, media_type) = (file_name.to_owned(), media_type.to_owned());
        let body = Body::File { field: "file".to_owned(), file_name, media_type, bytes };
        self.plain(Call::post(&below(app, &["logo"])).body(body).and_repeat()).await
    }

    /// Activates an app.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn activate_app(&self, app: &AppId) -> Result<Done<()>, ApiError> {
        self.lifecycle(app, &["lifecycle", "activate"]).await
    }

    /// Deactivates an app: its client id is refused, its tokens end at once and do not come back with it.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn deactivate_app(&self, app: &AppId) -> Result<Done<()>, ApiError> {
        self.lifecycle(app, &["lifecycle", "deactivate"]).await
    }

    /// Deletes an app, which must be inactive.
    ///
    /// # Errors
    /// Those of the call; 403 for an app that is active.
    pub async fn delete_app(&self, app: &AppId) -> Result<Done<()>, ApiError> {
        let _turn = self.turn(app.as_str()).await;
        self.plain(Call::delete(&below(app, &[]))).await
    }

    /// Assigns a group. Doing it twice is the same as once.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn assign_group(&self, app: &AppId, group: &GroupId) -> Result<Done<AppGroup>, ApiError> {
        let _turn = self.turn(app.as_str()).await;
        let call = Call::put(&below(app, &["groups", group.as_str()])).json(&json!({})).and_repeat();
        self.object(call, decode::app_group).await
    }

    /// Takes a group's assignment away.
    ///
    /// # Errors
    /// Those of the call; 404 if it was not assigned.
    pub async fn unassign_group(&self, app: &AppId, group: &GroupId) -> Result<Done<()>, ApiError> {
        let _turn = self.turn(app.as_str()).await;
        self.plain(Call::delete(&below(app, &["groups", group.as_str()]))).await
    }

    /// Assigns a person by name, with this app profile or the one that Okta's mappings make. `None` with `already` if Okta says
    /// (409) that the person is assigned; whether it does, or answers 200 again, is not documented, so both count as done. Several
    /// people may be assigned side by side: each has an assignment of their own.
    ///
    /// # Errors
    /// Those of the call; 403 `E0000117` for a person who is not active.
    pub async fn assign_person(
        &self,
        app: &AppId,
        user: &UserId,
        profile: Option<&Map<String, Value>>,
    ) -> Result<Done<Option<AppUser>>, ApiError> {
        let mut body = json!({"id": user.as_str(), "scope": "USER"});
        if let (Some(profile), Some(body)) = (profile, body.as_object_mut()) {
            body.insert("profile".to_owned(), Value::Object(profile.clone()));
        }
        // Assigning again is the same as assigning once, so a fault is answered by doing it again.
        let call = Call::post(&below(app, &["users"])).json(&body).and_repeat();
        match self.object(call, decode::app_user).await {
            Ok(done) => Ok(done.map(Some)),
            Err(ApiError::Okta(p)) if p.status == 409 && p.code.as_str() == "E0000062" => {
                Ok(Done { value: None, request_id: p.request_id, already: true })
            }
            Err(e) => Err(e),
        }
    }

    /// Waits until the rate limit lets one more assignment out besides `ahead` others that are about to be sent. To be dropped at any
    /// time: it sends nothing.
    pub async fn room_to_assign(&self, ahead: u32) {
        self.room(Bucket::Apps, ahead).await;
    }

    /// Takes a person's own assignment away, without an e-mail. The person's app profile is gone for good; whoever is also in
    /// an assigned group keeps access.
    ///
    /// # Errors
    /// Those of the call; 404 if the person was not assigned.
    pub async fn unassign_person(&self, app: &AppId, user: &UserId) -> Result<Done<()>, ApiError> {
        self.plain(Call::delete(&below(app, &["users", user.as_str()])).with("sendEmail", "false")).await
    }

    /// Changes what the app calls a person. Only `credentials` is sent: the profile and how they come to the app stay.
    ///
    /// # Errors
    /// Those of the call; 404 if the person is not assigned, 400 `E0000041` where the app takes no names.
    pub async fn set_user_name(
        &self,
        app: &AppId,
        user: &UserId,
        name: &str,
    ) -> Result<Done<AppUser>, ApiError> {
        let body = json!({"credentials": {"userName": name}});
        let call = Call::post(&below(app, &["users", user.as_str()])).json(&body).and_repeat();
        self.object(call, decode::app_user).await
    }

    /// Adds a client secret that Okta makes, active at once. An app has at most two. Never repeated by itself.
    ///
    /// # Errors
    /// Those of the call; 400 `E0000001` for a third.
    pub async fn add_secret(&self, app: &AppId) -> Result<Done<ClientSecret>, ApiError> {
        let _turn = self.turn(app.as_str()).await;
        let call = Call::post(&below(app, &["credentials", "secrets"])).json(&json!({}));
        self.object(call, decode::client_secret).await
    }

    /// Makes a secret usable again.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn activate_secret(&self, app: &AppId, secret: &SecretId) -> Result<Done<()>, ApiError> {
        self.lifecycle(app, &["credentials", "secrets", secret.as_str(), "lifecycle", "activate"]).await
    }

    /// Makes a secret unusable: whoever still sends it is refused.
    ///
    /// # Errors
    /// Those of the call; 400 `E0000001` for the only active one.
    pub async fn deactivate_secret(&self, app: &AppId, secret: &SecretId) -> Result<Done<()>, ApiError> {
        self.lifecycle(app, &["credentials", "secrets", secret.as_str(), "lifecycle", "deactivate"]).await
    }

    /// Deletes a secret, which must be inactive. It does not come back.
    ///
    /// # Errors
    /// Those of the call; 400 `E0000001` for an active one.
    pub async fn delete_secret(&self, app: &AppId, secret: &SecretId) -> Result<Done<()>, ApiError> {
        let _turn = self.turn(app.as_str()).await;
        self.plain(Call::delete(&below(app, &["credentials", "secrets", secret.as_str()]))).await
    }

    async fn lifecycle(&self, app: &AppId, rest: &[&str]) -> Result<Done<()>, ApiError> {
        let _turn = self.turn(app.as_str()).await;
        self.plain(Call::post(&below(app, rest))).await
    }
}
