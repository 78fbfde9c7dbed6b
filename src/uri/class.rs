//! The kinds of difference between two redirect URIs, each with what it means at Okta and where that is written.

/// Why two URIs that look the same to somebody are not equal to Okta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "`words` says what each class is, in the words that people read")]
pub enum Class {
    SchemeHttp,
    SchemeCase,
    HostCase,
    Host,
    Subdomain,
    TrailingDot,
    Idn,
    DefaultPort,
    Port,
    Loopback,
    EmptyPath,
    TrailingSlash,
    PathCase,
    DotSegment,
    DoubleSlash,
    PercentEncoding,
    HexCase,
    EncodedUnreserved,
    DoubleEncoding,
    QueryAdded,
    QueryOrder,
    Fragment,
    Wildcard,
    Whitespace,
    Invisible,
    LookAlike,
    Path,
    Query,
    UserInfo,
    Other,
}

impl Class {
    /// Every class, for tests and help.
    pub const ALL: [Self; 30] = [
        Self::SchemeHttp,
        Self::SchemeCase,
        Self::HostCase,
        Self::Host,
        Self::Subdomain,
        Self::TrailingDot,
        Self::Idn,
        Self::DefaultPort,
        Self::Port,
        Self::Loopback,
        Self::EmptyPath,
        Self::TrailingSlash,
        Self::PathCase,
        Self::DotSegment,
        Self::DoubleSlash,
        Self::PercentEncoding,
        Self::HexCase,
        Self::EncodedUnreserved,
        Self::DoubleEncoding,
        Self::QueryAdded,
        Self::QueryOrder,
        Self::Fragment,
        Self::Wildcard,
        Self::Whitespace,
        Self::Invisible,
        Self::LookAlike,
        Self::Path,
        Self::Query,
        Self::UserInfo,
        Self::Other,
    ];

    /// What happened, and what it means at Okta, in one sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::SchemeHttp => {
                "One is http, the other https: usually TLS ends at a proxy that forgets \
                    to say so, and Okta refuses the other scheme."
            }
            Self::SchemeCase => {
                "The scheme is written in another case: the same to a browser, another URI to Okta."
            }
            Self::HostCase => {
                "The host is written in another case: browsers hide it by lower-casing, \
                    Okta compares the characters."
            }
            Self::Host => "The host is another one: a different environment, tenant or product.",
            Self::Subdomain => {
                "One host is a subdomain of the other: Okta takes them for two hosts, \"www.\" included."
            }
            Self::TrailingDot => {
                "One host ends in a dot: DNS reads both alike and most screens hide it, Okta does not."
            }
            Self::Idn => {
                "One host is written in letters, the other in its xn-- form: the same \
                    host in DNS, two strings to Okta."
            }
            Self::DefaultPort => {
                "One names the port that the scheme has anyway: usually a proxy added it, \
                    and Okta compares it."
            }
            Self::Port => "The ports differ: Okta wants the very port that is registered, on loopback too.",
            Self::Loopback => {
                "One says localhost, the other names the address: the same machine, two strings to Okta."
            }
            Self::EmptyPath => {
                "One has no path, the other \"/\": a URL library added it, and Okta compares it."
            }
            Self::TrailingSlash => {
                "One ends in \"/\" and the other does not: the commonest mistake, and Okta refuses it."
            }
            Self::PathCase => "The path is written in another case: paths are case-sensitive everywhere.",
            Self::DotSegment => {
                "One path has a \".\" or \"..\" segment: a browser removes it, Okta compares it."
            }
            Self::DoubleSlash => {
                "One path has an empty segment, \"//\": usually a base URL that ends in \
                    \"/\" and a path that starts with one."
            }
            Self::PercentEncoding => {
                "One has percent-encoded what the other writes out: the same meaning, two strings to Okta."
            }
            Self::HexCase => {
                "The hexadecimal digits of an encoding differ in case: %2f and %2F are two strings to Okta."
            }
            Self::EncodedUnreserved => {
                "One encodes a character that needs no encoding, such as %7E for ~: two strings to Okta."
            }
            Self::DoubleEncoding => "One was percent-encoded twice on the way: %2F became %252F.",
            Self::QueryAdded => {
                "One has a query and the other has none: Okta compares it too; what \
                    varies belongs into state."
            }
            Self::QueryOrder => {
                "The query's parameters come in another order: Okta compares the string, not the set."
            }
            Self::Fragment => {
                "A redirect URI must not have a fragment: everything from \"#\" on is forbidden."
            }
            Self::Wildcard => {
                "A \"*\" matches nothing but itself, unless the app allows wildcards in the lowest subdomain."
            }
            Self::Whitespace => {
                "One contains white space, usually from a paste: Okta compares it like any character."
            }
            Self::Invisible => {
                "One contains a character that no screen shows, usually from a paste: Okta compares it."
            }
            Self::LookAlike => "Two characters look alike and are not the same one.",
            Self::Path => "The paths differ.",
            Self::Query => "The queries differ.",
            Self::UserInfo => "One names a user before the host, the other does not.",
            Self::Other => "The two are different URIs.",
        }
    }

    /// Where that is written: the RFC and its section. The table of all classes is RFC 3986 §6.2, of which Okta does only §6.2.1.
    pub fn source(self) -> &'static str {
        match self {
            Self::SchemeHttp | Self::SchemeCase => "RFC 3986 §3.1, §6.2.2.1",
            Self::HostCase => "RFC 3986 §3.2.2, §6.2.2.1",
            Self::Host | Self::Subdomain | Self::TrailingDot => "RFC 3986 §3.2.2, §6.2.1",
            Self::Idn => "RFC 5891 §5, RFC 3986 §3.2.2",
            Self::DefaultPort | Self::EmptyPath => "RFC 3986 §6.2.3",
            Self::Port => "RFC 3986 §3.2.3, RFC 8252 §7.3",
            Self::Loopback => "RFC 8252 §8.3",
            Self::TrailingSlash | Self::PathCase | Self::Path | Self::DoubleSlash => "RFC 3986 §3.3, §6.2.1",
            Self::DotSegment => "RFC 3986 §6.2.2.3",
            Self::PercentEncoding | Self::DoubleEncoding => "RFC 3986 §2.1, §2.4",
            Self::HexCase => "RFC 3986 §6.2.2.1",
            Self::EncodedUnreserved => "RFC 3986 §6.2.2.2",
            Self::QueryAdded | Self::QueryOrder | Self::Query => "RFC 3986 §3.4, §6.2.1",
            Self::Fragment => "RFC 6749 §3.1.2",
            Self::Wildcard => "RFC 9700 §4.1.3; Okta: wildcard_redirect",
            Self::Whitespace | Self::Invisible | Self::LookAlike => "RFC 3986 §2",
            Self::UserInfo => "RFC 3986 §3.2.1",
            Self::Other => "RFC 6749 §3.1.2.3, RFC 3986 §6.2.1",
        }
    }
}
