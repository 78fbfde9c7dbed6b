//! Step 2, grant types: Authorization Code, Refresh Token and its behaviour, client authentication, PKCE.

use super::model::{Id, Model};
use crate::okta::model::{ClientAuthentication as Method, RefreshRotation as Rotation};
use crate::setup::Field as About;
use crate::tui::shared::{Shared, Work};
use crate::tui::widgets::form::{Part, Row};

pub(super) fn rows(model: &Model, _shared: &Shared, work: &Work) -> Vec<Row<Id>> {
    let (app, grants) = (&work.draft.setup.app, &work.draft.setup.grants);
    let switch = |id, on, title: &str, note: &str| {
        Row::new(id, Part::Switch { on, title: title.into(), note: note.into() })
    };
    let choice = |id, on, title: &str, note: &str| {
        Row::new(id, Part::Choice { on, title: title.into(), note: note.into() })
    };
    let mut rows = vec![
        Row::heading("Grant types"),
        switch(Id::Code, true, "Authorization Code", "always on: it is how people sign in"),
        switch(Id::Refresh, grants.refresh_token, "Refresh Token", "renews access without a new sign-in")
            .state(model.word(&[About::RefreshToken])),
    ];
    if grants.refresh_token {
        let rotates = grants.refresh_rotation == Rotation::Rotate;
        rows.push(Row::heading("Refresh tokens"));
        rows.push(choice(
            Id::Rotation(Rotation::Static),
            !rotates,
            "stay the same",
            "Okta's default for web apps",
        ));
        rows.push(choice(Id::Rotation(Rotation::Rotate), rotates, "rotate", "each use gives a new one"));
        if rotates {
            let value = grants.refresh_leeway_seconds.to_string();
            rows.push(
                Row::new(Id::Leeway, Part::Field { label: "Grace seconds".into(), value })
                    .state(model.word(&[About::RefreshLeeway])),
            );
        }
    }
    rows.push(Row::heading("How the gateway proves who it is"));
    for method in methods(work) {
        let on = method == app.client_authentication;
        let word = if on { model.word(&[About::ClientAuthentication]) } else { "" };
        let (title, note) = match method {
            Method::ClientSecretBasic => ("client_secret_basic", "secret in a header: Okta's default"),
            Method::ClientSecretPost => ("client_secret_post", "secret in the form body"),
            Method::ClientSecretJwt => ("client_secret_jwt", "a token signed with the secret"),
            Method::PrivateKeyJwt => ("private_key_jwt", "a token signed with a key; no secret"),
            Method::None => ("none", "no proof at all"),
        };
        rows.push(choice(Id::Method(method), on, title, note).state(word));
    }
    rows.push(Row::heading("PKCE"));
    rows.push(
        switch(Id::Pkce, app.pkce_required, "Required", "off: checked where the gateway sends it")
            .state(model.word(&[About::PkceRequired])),
    );
    rows
}

/// The two that the gateway's form can do, and what the app has beside them.
fn methods(work: &Work) -> Vec<Method> {
    let mut methods = vec![Method::ClientSecretBasic, Method::ClientSecretPost];
    let live = work.loaded.value().and_then(|l| l.app.client_authentication());
    for method in [Some(work.draft.setup.app.client_authentication), live].into_iter().flatten() {
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    methods
}

/// What a change of the method means for an app that exists, where it is one.
pub(super) fn method_warning(work: &Work) -> Option<&'static str> {
    let live = work.loaded.value()?.app.client_authentication()?;
    let wanted = work.draft.setup.app.client_authentication;
    if live == wanted {
        return None;
    }
    Some(if wanted == Method::PrivateKeyJwt {
        "This app has another method now: with the change Okta deletes its client secrets."
    } else {
        "This app has another method now: with the change Okta may replace its client secrets."
    })
}
