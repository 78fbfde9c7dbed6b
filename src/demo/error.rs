//! Okta's error bodies: the management envelope, and the two shapes of the OAuth endpoints.

use super::call::Reply;
use serde_json::{Value, json};

/// Okta's own sentence for an error code.
fn summary(code: &str) -> &'static str {
    match code {
        "E0000002" => "The request was not valid",
        "E0000003" => "The request body was not well-formed.",
        "E0000004" => "Authentication failed",
        "E0000006" => "You do not have permission to perform the requested action",
        "E0000008" => "The requested path was not found",
        "E0000009" => "Internal Server Error",
        "E0000011" => "Invalid token provided",
        "E0000022" => "The endpoint does not support the provided HTTP method",
        "E0000031" => "Invalid search criteria.",
        "E0000033" => "Can't specify a search query and filter in the same request.",
        "E0000038" => "This operation is not allowed in the user's current status.",
        "E0000040" => "Application label must not be the same as another existing application label.",
        "E0000047" => "API call exceeded rate limit due to too many requests.",
        "E0000053" => "Invalid parameter",
        "E0000056" => "Delete application forbidden.",
        "E0000060" => "Unsupported operation.",
        "E0000062" => "The specified user is already assigned to the application.",
        "E0000068" => "Invalid Passcode/Answer",
        "E0000260" => "The organization has been deactivated.",
        "E0000117" => "Cannot assign app to inactive user.",
        _ => "Api validation failed",
    }
}

/// An error whose summary Okta keeps the same for the code.
pub(super) fn okta(status: u16, code: &str) -> Reply {
    with_summary(status, code, summary(code), json!([]))
}

/// The envelope with every part given. The error id is filled in at the edge, where the request id is known.
pub(super) fn with_summary(status: u16, code: &str, summary: &str, causes: Value) -> Reply {
    Reply::json(
        status,
        json!({
            "errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": "", "errorCauses": causes,
        }),
    )
}

/// 400 E0000001 with one cause, `field: what is wrong`.
pub(super) fn validation(subject: &str, cause: &str) -> Reply {
    with_summary(
        400,
        "E0000001",
        &format!("Api validation failed: {subject}"),
        json!([{ "errorSummary": cause }]),
    )
}

/// 404 E0000007.
pub(super) fn not_found(id: &str, kind: &str) -> Reply {
    with_summary(404, "E0000007", &format!("Not found: Resource not found: {id} ({kind})"), json!([]))
}

/// RFC 6749 section 5.2.
pub(super) fn oauth(status: u16, error: &str, description: &str) -> Reply {
    Reply::json(status, json!({ "error": error, "error_description": description }))
        .with("cache-control", "no-store")
        .with("pragma", "no-cache")
}

/// What Okta says about a client id it does not know: its own envelope, not the RFC's.
pub(super) fn unknown_client(status: u16) -> Reply {
    with_summary(status, "invalid_client", "Invalid value for 'client_id' parameter.", json!([]))
}
