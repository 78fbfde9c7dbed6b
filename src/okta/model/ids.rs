//! Identifiers as types, so that a group's id cannot be passed where a person's is meant.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An identifier with characters that no Okta identifier has; it would not be safe in a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not an Okta identifier: 1 to 100 letters, digits and $-_.+!*'(), are")]
pub struct BadId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The identifier as Okta writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(s: &str) -> Result<Self, BadId> {
                // The characters that Okta allows in a client id (Application schema); `.` and `..` alone would climb a path.
                let fits = |c: char| c.is_ascii_alphanumeric() || "$-_.+!*'(),".contains(c);
                match s.len() {
                    1..=100 if s.chars().all(fits) && s.chars().any(|c| c != '.') => Ok(Self(s.into())),
                    _ => Err(BadId),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(s: String) -> Result<Self, BadId> {
                s.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

id!(/// An app integration: `0oa…`.
    AppId);
id!(/// An OAuth client: normally the app's id.
    ClientId);
id!(/// One of an app's at most two client secrets: `ocs…`.
    SecretId);
id!(/// A person: `00u…`.
    UserId);
id!(/// A group: `00g…`.
    GroupId);
id!(/// A custom authorization server: `aus…`, or the alias `default`.
    ServerId);
id!(/// An access policy of an authorization server: `00p…`.
    PolicyId);
id!(/// A rule of an access policy: `0pr…`.
    RuleId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_leave_its_place_in_a_path_is_refused() {
        for bad in ["", "..", ".", "a/b", "a b", "a?b", "a#b", "a%2fb", "é", &"x".repeat(101)] {
            assert!(bad.parse::<AppId>().is_err(), "{bad:?}");
        }
        assert_eq!("0oa1b2c3d4e5f6g7h8i9".parse::<AppId>().unwrap().as_str(), "0oa1b2c3d4e5f6g7h8i9");
        assert_eq!("default".parse::<ServerId>().unwrap().to_string(), "default");
    }
}
