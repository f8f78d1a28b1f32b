//! Enumerations of the domain whose words are the same in the API.

/// An enumeration with the words of the domain's, in both directions. The description of each word is part of the document.
macro_rules! words {
    ($(
        $(#[doc = $about:literal])+
        $vis:vis enum $name:ident is domain::$noun:ident {
            $($(#[doc = $word:literal])+ $variant:ident,)+
        }
    )+) => {$(
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "camelCase")]
        #[schema(as = $noun)]
        $vis enum $name { $($(#[doc = $word])+ $variant,)+ }

        impl From<domain::$noun> for $name {
            fn from(noun: domain::$noun) -> Self {
                match noun { $(domain::$noun::$variant => Self::$variant,)+ }
            }
        }

        impl From<$name> for domain::$noun {
            fn from(name: $name) -> Self {
                match name { $($name::$variant => Self::$variant,)+ }
            }
        }
    )+};
}
pub(crate) use words;
