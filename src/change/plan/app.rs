//! The app itself: created with what the gateway needs, or edited field by field.

use super::{PlanProblem, Planner, set, unset};
use crate::change::value::{AppRef, Change, FieldChange, People};
use crate::okta::model::{App, AppStatus, ClientAuthentication, RefreshRotation};
use crate::setup::Ask;
use crate::text::Clean;
use serde_json::{Map, Value, json};

const OAUTH: &str = "/settings/oauthClient";

impl Planner<'_> {
    pub(super) fn setup_problems(&mut self) {
        let setup = self.setup;
        if setup.app.name.trim().is_empty() {
            self.problems.push(PlanProblem::NoName);
        }
        if setup.redirect_uris.is_empty() {
            self.problems.push(PlanProblem::NoRedirectUri);
        }
        if setup.authorization_server.scopes.is_empty() {
            self.problems.push(PlanProblem::NoScopes);
        }
        let has_key = |app: &App| {
            let keys = app.at("/settings/oauthClient/jwks/keys").and_then(Value::as_array);
            keys.is_some_and(|k| !k.is_empty())
                || app.at("/settings/oauthClient/jwks_uri").is_some_and(Value::is_string)
        };
        match setup.app.client_authentication {
            ClientAuthentication::None => self.problems.push(PlanProblem::PublicClient),
            ClientAuthentication::PrivateKeyJwt if !self.live.app.as_ref().is_some_and(has_key) => {
                self.problems.push(PlanProblem::NoKey);
            }
            _ => {}
        }
        for uri in setup.redirect_uris.iter().map(|r| &r.uri) {
            if self.draft.asks.contains(&Ask::RemoveRedirectUri(uri.clone())) {
                self.problems.push(PlanProblem::Contradiction(Clean::new(uri)));
            }
        }
        for uri in &setup.sign_out.uris {
            if self.draft.asks.contains(&Ask::RemoveSignOutUri(uri.clone())) {
                self.problems.push(PlanProblem::Contradiction(Clean::new(uri)));
            }
        }
        if !self.live.same_label.is_empty() {
            let ids: Vec<String> = self
                .live
                .same_label
                .iter()
                .map(|app| {
                    let id = app.id().map_or_else(|| "no id".into(), |id| id.to_string());
                    let state = if app.status() == AppStatus::Active { "active" } else { "inactive" };
                    format!("{id}, {state}")
                })
                .collect();
            self.notes.push(format!(
                "Another app has the name \"{}\" already ({}). If it is the one you mean, edit that one instead.",
                self.label,
                ids.join("; ")
            ));
        }
    }

    pub(super) fn create_app(&mut self) -> AppRef {
        let body = self.body();
        let mut details = vec![
            "An OIDC web application with a client id and a client secret of its own, active at once."
                .to_owned(),
            format!("Client authentication: {}.", self.setup.app.client_authentication.as_str()),
            format!("Grants: {}.", grants(self.setup.grants.refresh_token).join(", ")),
        ];
        details.extend(
            self.setup
                .redirect_uris
                .iter()
                .map(|r| format!("Redirect URI, {}: {}", Clean::new(&r.environment), Clean::new(&r.uri))),
        );
        details.extend(self.setup.sign_out.uris.iter().map(|u| format!("Sign-out URI: {}", Clean::new(u))));
        if !self.setup.app.pkce_required {
            details.push("PKCE is not required, but checked when the gateway sends it.".into());
        }
        details.push("It is hidden from the Okta dashboard: people come through the gateway.".into());
        details
            .push("Undo: deactivates and deletes the app. Its client id and secret do not come back.".into());
        let number = self.push(Change::CreateApp { body }, People::None, details);
        let app = AppRef::MadeBy(number);
        self.logo(&app);
        app
    }

    /// The body of `POST /api/v1/apps`: what the gateway needs, with every default that differs between Okta's documents sent
    /// explicitly.
    fn body(&self) -> Map<String, Value> {
        let setup = self.setup;
        let uris: Vec<&str> = setup.redirect_uris.iter().map(|r| r.uri.as_str()).collect();
        let mut oauth = json!({
            "application_type": "web",
            "grant_types": grants(setup.grants.refresh_token),
            "response_types": ["code"],
            "redirect_uris": unique(&uris),
            "post_logout_redirect_uris": unique(&setup.sign_out.uris),
            "consent_method": "TRUSTED",
            "dpop_bound_access_tokens": false,
        });
        if setup.grants.refresh_token {
            oauth["refresh_token"] = json!({
                "rotation_type": setup.grants.refresh_rotation.as_str(),
                "leeway": setup.grants.refresh_leeway_seconds,
            });
        }
        let body = json!({
            "name": "oidc_client",
            "label": setup.app.name.trim(),
            "signOnMode": "OPENID_CONNECT",
            "credentials": {"oauthClient": {
                "token_endpoint_auth_method": setup.app.client_authentication.as_str(),
                "pkce_required": setup.app.pkce_required,
                "autoKeyRotation": true,
            }},
            "settings": {
                "implicitAssignment": false,
                "notes": {"admin": self.id.mark(), "enduser": null},
                "oauthClient": oauth,
            },
            "visibility": {"hide": {"iOS": true, "web": true}},
        });
        match body {
            Value::Object(body) => body,
            _ => Map::new(),
        }
    }

    pub(super) fn edit_app(&mut self, read: &App) -> Option<AppRef> {
        let Some(id) = read.id().filter(|_| read.is_oidc_web()) else {
            self.problems.push(PlanProblem::NotWebApp(read.label()));
            return None;
        };
        let mut before = read.clone();
        // A GET never holds it, and a change goes into the journal as it is; left out of a PUT, Okta keeps the secret.
        unset(&mut before.0, &["credentials", "oauthClient", "client_secret"]);
        let mut edit = Edit { after: before.clone(), fields: Vec::new(), details: Vec::new() };
        self.name_and_authentication(&before, &mut edit);
        self.grants(&before, &mut edit);
        self.uris(&before, &mut edit);
        if before.federation_broker() {
            self.notes.push("Federation Broker Mode is on: everybody passes, assignments are invisible and have no effect. oktui does not switch it.".into());
        }
        if before.dpop_bound() {
            self.notes.push("This app demands DPoP (RFC 9449): token requests of a client that does not send it are refused. Switch it off in the Admin Console unless the gateway sends DPoP.".into());
        }
        let Edit { after, fields, mut details } = edit;
        if !fields.is_empty() {
            details.push("Every field that is not named here stays as it is.".into());
            details.push("Undo: writes the old values back.".into());
            let people = self.edit_touches(&before, &after);
            self.push(Change::EditApp { before: before.clone(), after, fields }, people, details);
        }
        if before.status() == AppStatus::Inactive {
            let details = vec![
                "The app is inactive: Okta refuses its client id until it is activated.".to_owned(),
                "Undo: deactivates it again.".to_owned(),
            ];
            self.push(Change::ActivateApp { app: id.clone(), label: before.label() }, self.users(), details);
        }
        let app = AppRef::Known(id);
        if has_own_logo(&before) {
            if self.setup.app.logo.is_some() {
                self.notes.push("The app has a logo of its own already; oktui does not replace it.".into());
            }
        } else {
            self.logo(&app);
        }
        Some(app)
    }

    fn name_and_authentication(&self, before: &App, edit: &mut Edit) {
        let wanted = &self.setup.app;
        let name = wanted.name.trim();
        if before.raw_label().trim() != name {
            edit.field("name", before.raw_label(), name);
            set(&mut edit.after.0, &["label"], json!(name));
        }
        if before.client_authentication() != Some(wanted.client_authentication) {
            let was = before.client_authentication().map_or("another method", ClientAuthentication::as_str);
            let to = wanted.client_authentication;
            edit.field("client authentication", was, to.as_str());
            set(
                &mut edit.after.0,
                &["credentials", "oauthClient", "token_endpoint_auth_method"],
                json!(to.as_str()),
            );
            edit.details.push(match to {
                ClientAuthentication::PrivateKeyJwt => {
                    "Okta DELETES this app's client secrets: the gateway stops working until it signs with the key.".into()
                }
                _ => format!(
                    "Okta may REPLACE the client's secrets, and refuses every method but {}: the gateway stops working until it uses it.",
                    to.as_str()
                ),
            });
        }
        if before.pkce_required() != wanted.pkce_required {
            let word = |on: bool| if on { "required" } else { "not required" };
            edit.field("PKCE", word(before.pkce_required()), word(wanted.pkce_required));
            set(
                &mut edit.after.0,
                &["credentials", "oauthClient", "pkce_required"],
                json!(wanted.pkce_required),
            );
            if wanted.pkce_required {
                edit.details.push("Sign-ins without a code challenge are refused from then on; whether the gateway sends one is for you to know.".into());
            }
        }
    }

    fn grants(&self, before: &App, edit: &mut Edit) {
        let wanted = &self.setup.grants;
        let mut list = before.grant_types();
        let had = list.iter().any(|g| g == "refresh_token");
        let (had_code, word) =
            (list.iter().any(|g| g == "authorization_code"), |on: bool| if on { "on" } else { "off" });
        if !had_code {
            edit.field("grant Authorization Code", "off", "on");
            list.insert(0, "authorization_code".into());
            let mut responses = texts(before, &format!("{OAUTH}/response_types"));
            if !responses.iter().any(|r| r == "code") {
                responses.push("code".into());
                set(&mut edit.after.0, &["settings", "oauthClient", "response_types"], json!(responses));
            }
        }
        if had != wanted.refresh_token {
            edit.field("grant Refresh Token", word(had), word(wanted.refresh_token));
            if wanted.refresh_token {
                list.push("refresh_token".into());
            } else {
                list.retain(|g| g != "refresh_token");
                // Okta shows this object only with the grant, and keeps its values when it is left out.
                unset(&mut edit.after.0, &["settings", "oauthClient", "refresh_token"]);
                edit.details.push("Refresh tokens that are out stop working: people sign in again when their access token ends.".into());
            }
        }
        if !had_code || had != wanted.refresh_token {
            set(&mut edit.after.0, &["settings", "oauthClient", "grant_types"], json!(list));
        }
        if wanted.refresh_token {
            self.refresh_behaviour(before, had, edit);
        }
    }

    /// The leeway counts only when refresh tokens rotate, so it is compared only then.
    fn refresh_behaviour(&self, before: &App, had_grant: bool, edit: &mut Edit) {
        let wanted = &self.setup.grants;
        let rotate = wanted.refresh_rotation == RefreshRotation::Rotate;
        let now = before.refresh_behaviour();
        let same = match now {
            // Okta's default for a web application, where the object is not shown.
            None => had_grant && !rotate,
            Some((rotation, leeway)) => {
                rotation == wanted.refresh_rotation && (!rotate || leeway == wanted.refresh_leeway_seconds)
            }
        };
        if same {
            return;
        }
        let path = |key| ["settings", "oauthClient", "refresh_token", key];
        set(&mut edit.after.0, &path("rotation_type"), json!(wanted.refresh_rotation.as_str()));
        if rotate || now.is_none() {
            set(&mut edit.after.0, &path("leeway"), json!(wanted.refresh_leeway_seconds));
        }
        if had_grant {
            let words = |rotation, leeway| match rotation {
                RefreshRotation::Static => "the same one stays good".to_owned(),
                RefreshRotation::Rotate => format!("a new one each time, {leeway} s grace"),
            };
            let was = now.map_or_else(|| words(RefreshRotation::Static, 0), |(r, leeway)| words(r, leeway));
            edit.field(
                "refresh tokens",
                &was,
                &words(wanted.refresh_rotation, wanted.refresh_leeway_seconds),
            );
        }
    }

    fn uris(&self, before: &App, edit: &mut Edit) {
        let wanted: Vec<&str> = self.setup.redirect_uris.iter().map(|r| r.uri.as_str()).collect();
        let removed = |uri: &str| self.draft.asks.contains(&Ask::RemoveRedirectUri(uri.to_owned()));
        if edit.list("redirect URI", "redirect_uris", &before.redirect_uris(), &wanted, removed) {
            edit.details.push("Whoever sends a removed redirect URI is refused from then on.".into());
        }
        let wanted: Vec<&str> = self.setup.sign_out.uris.iter().map(String::as_str).collect();
        let removed = |uri: &str| self.draft.asks.contains(&Ask::RemoveSignOutUri(uri.to_owned()));
        edit.list("sign-out URI", "post_logout_redirect_uris", &before.sign_out_uris(), &wanted, removed);
    }

    fn logo(&mut self, app: &AppRef) {
        if let Some(path) = &self.setup.app.logo {
            let details = vec![
                "PNG, JPG, GIF or SVG under 1 MB; the file is read before the first write.".to_owned(),
                "Undo: none, Okta removes no logo.".to_owned(),
            ];
            self.push(Change::UploadLogo { app: app.clone(), path: path.clone() }, People::None, details);
        }
    }

    fn edit_touches(&self, before: &App, after: &App) -> People {
        let rest = |app: &App| {
            let mut rest = app.clone();
            unset(&mut rest.0, &["settings", "oauthClient", "redirect_uris"]);
            unset(&mut rest.0, &["settings", "oauthClient", "post_logout_redirect_uris"]);
            unset(&mut rest.0, &["label"]);
            rest
        };
        let gone = |uris: Vec<String>, now: Vec<String>| uris.iter().any(|uri| !now.contains(uri));
        let removed = gone(before.redirect_uris(), after.redirect_uris());
        if rest(before) == rest(after) && !removed { People::None } else { self.users() }
    }

    /// The people who use the app.
    fn users(&self) -> People {
        if self.live.app.as_ref().is_some_and(App::federation_broker) {
            return People::Everybody;
        }
        match self.live.app_users.known() {
            Some(users) => People::Touched(users.len() as u64),
            None => People::Unknown,
        }
    }
}

/// An app in the making, with the difference in words.
struct Edit {
    after: App,
    fields: Vec<FieldChange>,
    details: Vec<String>,
}

impl Edit {
    fn field(&mut self, field: &str, from: &str, to: &str) {
        self.fields.push(FieldChange { field: field.into(), from: Clean::new(from), to: Clean::new(to) });
    }

    /// Adds to and removes from a list of `settings.oauthClient`; what was there keeps its order. Whether anything was removed.
    fn list(
        &mut self,
        word: &str,
        key: &str,
        now: &[String],
        wanted: &[&str],
        removed: impl Fn(&str) -> bool,
    ) -> bool {
        let mut list: Vec<String> = now.iter().filter(|uri| !removed(uri)).cloned().collect();
        let gone: Vec<String> = now.iter().filter(|uri| removed(uri)).cloned().collect();
        for uri in unique(wanted) {
            if !now.contains(&uri) {
                self.field(word, "", &uri);
                list.push(uri);
            }
        }
        for uri in &gone {
            self.field(word, uri, "");
        }
        if list != now {
            set(&mut self.after.0, &["settings", "oauthClient", key], json!(list));
        }
        !gone.is_empty()
    }
}

fn grants(refresh: bool) -> Vec<&'static str> {
    if refresh { vec!["authorization_code", "refresh_token"] } else { vec!["authorization_code"] }
}

fn unique<S: AsRef<str>>(list: &[S]) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for item in list {
        if !seen.iter().any(|s| s == item.as_ref()) {
            seen.push(item.as_ref().to_owned());
        }
    }
    seen
}

fn texts(app: &App, pointer: &str) -> Vec<String> {
    let list = app.at(pointer).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Okta's own picture has `default` in its path (recorded exchanges); anything else was uploaded.
fn has_own_logo(app: &App) -> bool {
    app.logo_href().is_some_and(|href| !href.contains("default"))
}
