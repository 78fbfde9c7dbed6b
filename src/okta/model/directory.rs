//! People and groups (Okta management API: Users, Groups).

use super::{GroupId, UserId};
use crate::text::Clean;
use serde::{Deserialize, Serialize};

/// `status` of a person (Okta management API, User schema).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserStatus {
    /// May sign in.
    Active,
    /// Created, never activated.
    Staged,
    /// Activated, has not set a password yet.
    Provisioned,
    /// In a password reset.
    Recovery,
    /// Must set a new password at the next sign-in.
    PasswordExpired,
    /// Too many failed sign-ins.
    LockedOut,
    /// Suspended by an administrator.
    Suspended,
    /// Deactivated.
    Deprovisioned,
    /// A status this program does not know.
    #[serde(other)]
    Unknown,
}

impl UserStatus {
    /// The status in words, as lists show it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Staged => "staged",
            Self::Provisioned => "not activated",
            Self::Recovery => "in recovery",
            Self::PasswordExpired => "password expired",
            Self::LockedOut => "locked out",
            Self::Suspended => "suspended",
            Self::Deprovisioned => "deactivated",
            Self::Unknown => "unknown",
        }
    }

    /// Whether a sign-in can succeed: at once, or after a change of password.
    pub fn can_sign_in(self) -> bool {
        matches!(self, Self::Active | Self::PasswordExpired | Self::Recovery)
    }
}

/// A person, as lists need one: about 200 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// `id`.
    pub id: UserId,
    /// `profile.login`.
    pub login: Clean,
    /// `profile.firstName` and `profile.lastName`.
    pub name: Clean,
    /// `profile.email`.
    pub email: Clean,
    /// `status`.
    pub status: UserStatus,
    /// `lastLogin`: the last sign-in to anything in this org.
    pub last_login: Option<jiff::Timestamp>,
}

/// `type` of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupKind {
    /// Made in Okta (`OKTA_GROUP`).
    Okta,
    /// Imported from an app or directory (`APP_GROUP`).
    App,
    /// Okta's own (`BUILT_IN`): Everyone is one of these, and names alone do not tell it.
    BuiltIn,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// `id`.
    pub id: GroupId,
    /// `profile.name`.
    pub name: Clean,
    /// `profile.description`.
    pub description: Option<Clean>,
    /// `type`.
    pub kind: GroupKind,
    /// Number of members, where the list was read with `expand=stats`.
    pub members: Option<u64>,
}

impl Group {
    /// Whether this is the built-in group of everybody: by type *and* name, because "Everyone EU" is a name anybody can give.
    pub fn is_everyone(&self) -> bool {
        self.kind == GroupKind::BuiltIn && self.name.as_str() == "Everyone"
    }
}

/// An enrolled factor of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// `factorType`, such as `token:software:totp`.
    pub kind: Clean,
    /// `provider`, such as `GOOGLE`.
    pub provider: Clean,
    /// `status`, such as `ACTIVE`.
    pub status: Clean,
}

/// An administrator role of the token's owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// `type`, such as `SUPER_ADMIN` or `CUSTOM`.
    pub kind: Clean,
    /// `label`, such as `Super Administrator`.
    pub label: Clean,
}
