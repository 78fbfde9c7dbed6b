//! The org itself: metadata without a token, settings with one.

use super::Engine;
use super::call::Call;
use super::state::Org;
use serde_json::{Value, json};

/// `GET /.well-known/okta-organization`.
pub(super) fn well_known(call: &Call, org: &Org) -> Value {
    let pipeline = match org.engine {
        Engine::Identity => "idx",
        Engine::Classic => "v1",
    };
    json!({
        "id": org.org_id(),
        "pipeline": pipeline,
        "_links": { "organization": { "href": call.base } },
    })
}

/// `GET /api/v1/org`.
pub(super) fn org(call: &Call, org: &Org) -> Value {
    json!({
        "id": org.org_id(),
        "subdomain": "acme",
        "companyName": "Acme (demo)",
        "status": "ACTIVE",
        "website": "https://acme.example",
        "created": "2025-01-15T08:00:00.000Z",
        "lastUpdated": "2025-01-15T08:00:00.000Z",
        "_links": { "preferences": { "href": format!("{}/api/v1/org/preferences", call.base) } },
    })
}

/// `GET /api/v1/domains`: the org's own, no custom one.
pub(super) fn domains(call: &Call, _org: &Org) -> Value {
    json!({ "domains": [{
        "id": "default",
        "domain": call.base.trim_start_matches("http://"),
        "validationStatus": "VERIFIED",
        "certificateSourceType": "OKTA_MANAGED",
        "_links": { "self": { "href": format!("{}/api/v1/domains/default", call.base) } },
    }] })
}
