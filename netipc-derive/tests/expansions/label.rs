/// A decoded [`Label`]: borrowed from the payload, which it must not outlive.
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[allow(dead_code)]
pub struct LabelView<'a> {
    item: &'a [u8],
    spans: &'a [crate::__derive::Span],
}
#[allow(dead_code)]
impl<'a> LabelView<'a> {
    /// The key; never empty.
    #[must_use]
    #[inline]
    pub fn key(&self) -> &'a crate::__derive::BStr {
        crate::__derive::row_text(self.item, self.spans, 0)
    }
    /// The value; may be empty.
    #[must_use]
    #[inline]
    pub fn value(&self) -> &'a crate::__derive::BStr {
        crate::__derive::row_text(self.item, self.spans, 1)
    }
    /// Copies everything out, into an owned [`Label`].
    #[must_use]
    pub fn to_owned(&self) -> Label {
        Label {
            key: ::core::convert::Into::into(self.key()),
            value: ::core::convert::Into::into(self.value()),
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for LabelView<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("LabelView")
            .field("key", &self.key())
            .field("value", &self.value())
            .finish()
    }
}
/// The fields, on one line.
#[automatically_derived]
impl ::core::fmt::Display for LabelView<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        crate::__derive::Fields::new(f)
            .field("key", ::core::format_args!("{:?}", self.key()))
            .field("value", ::core::format_args!("{:?}", self.value()))
            .finish()
    }
}
/// The fields of [`Label`], borrowed.
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::default::Default,
    ::core::cmp::PartialEq,
    ::core::cmp::Eq,
)]
#[allow(dead_code)]
pub struct LabelRef<'a> {
    /// The key; never empty.
    pub key: &'a [u8],
    /// The value; may be empty.
    pub value: &'a [u8],
}
#[automatically_derived]
impl crate::__derive::WireRow for Label {
    type View<'a> = LabelView<'a>;
    type Ref<'a> = LabelRef<'a>;
    const NAME: &'static str = "Label";
    const STRINGS: &'static [(&'static str, u32, u32)] = &[
        ("key", 1, u32::MAX),
        ("value", 0, u32::MAX),
    ];
    const LAYOUT: &'static crate::__derive::Layout = &crate::__derive::Layout {
        name: "Label",
        doc: "A label: a key and its value.",
        method: ::core::option::Option::None,
        header_len: 16,
        fields: &[
            crate::__derive::Field {
                name: "key",
                at: 0,
                size: 8,
                kind: crate::__derive::FieldKind::String {
                    place: ::core::option::Option::None,
                    min: 1,
                    max: u32::MAX,
                },
                doc: "The key; never empty.",
            },
            crate::__derive::Field {
                name: "value",
                at: 8,
                size: 8,
                kind: crate::__derive::FieldKind::String {
                    place: ::core::option::Option::None,
                    min: 0,
                    max: u32::MAX,
                },
                doc: "The value; may be empty.",
            },
        ],
        tail: crate::__derive::Tail::Strings {
            disjoint: false,
            no_nul: false,
            table: ::core::option::Option::None,
        },
        rules: &[],
    };
    #[inline]
    fn view<'a>(item: &'a [u8], spans: &'a [crate::__derive::Span]) -> LabelView<'a> {
        LabelView { item, spans }
    }
}
#[automatically_derived]
impl crate::__derive::EncodeRow for Label {
    type Row = Label;
    #[inline]
    fn string(&self, index: usize) -> &[u8] {
        match index {
            0 => &self.key,
            1 => &self.value,
            _ => &[],
        }
    }
}
#[automatically_derived]
impl crate::__derive::EncodeRow for LabelRef<'_> {
    type Row = Label;
    #[inline]
    fn string(&self, index: usize) -> &[u8] {
        match index {
            0 => &self.key,
            1 => &self.value,
            _ => &[],
        }
    }
}
