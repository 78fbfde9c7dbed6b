//! Ways to sign a person in. Each builds its requests and reads its answers as values; the recorder sends them. None of them
//! knows the org's management API: an `Authorization` header would make Okta trust the call and judge it differently.

pub mod authn;
