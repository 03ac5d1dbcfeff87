/// The fixed header of [`Increment`], byte by byte.
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    crate::__derive::zerocopy::FromBytes,
    crate::__derive::zerocopy::IntoBytes,
    crate::__derive::zerocopy::KnownLayout,
    crate::__derive::zerocopy::Immutable,
    crate::__derive::zerocopy::Unaligned,
)]
#[zerocopy(crate = "crate::__derive::zerocopy")]
#[repr(C)]
struct IncrementWireHeader {
    value: crate::__derive::U64,
}
impl IncrementWireHeader {
    /// Of a message whose fields are all 0 or empty.
    const EMPTY: Self = Self {
        value: crate::__derive::U64::new(0),
    };
}
const _: () = {
    ::core::assert!(::core::mem::size_of:: < IncrementWireHeader > () == 8);
    ::core::assert!(::core::mem::offset_of!(IncrementWireHeader, value) == 0);
};
#[automatically_derived]
impl crate::__derive::WireMessage for Increment {
    type View<'a> = IncrementView<'a>;
    type Ref<'a> = IncrementRef;
    type Builder<'a> = IncrementBuilder<'a>;
    const LAYOUT: &'static crate::__derive::Layout = &crate::__derive::Layout {
        name: "Increment",
        doc: "A number; the response carries the request's + 1, wrapping. Request and response look the same.",
        method: ::core::option::Option::Some(1),
        header_len: 8,
        fields: &[
            crate::__derive::Field {
                name: "value",
                at: 0,
                size: 8,
                kind: crate::__derive::FieldKind::Unsigned,
                doc: "The number.",
            },
        ],
        tail: crate::__derive::Tail::Empty,
        rules: &[],
    };
    const MIN_LEN: u32 = 8;
    #[inline]
    fn check_as<__Fault: crate::__derive::Fault>(
        bytes: &[u8],
    ) -> ::core::result::Result<(), __Fault> {
        crate::__derive::header::<IncrementWireHeader, __Fault>("Increment", bytes)
            .map(|_| ())
    }
    #[inline]
    fn view(bytes: &[u8]) -> IncrementView<'_> {
        IncrementView {
            header: crate::__derive::head(bytes, &IncrementWireHeader::EMPTY),
        }
    }
}
#[automatically_derived]
impl crate::__derive::MethodMessage for Increment {
    type Method = crate::__derive::MethodCode<1>;
    const METHOD: u16 = 1;
}
#[automatically_derived]
impl crate::__derive::BelongsTo<crate::__derive::MethodCode<1>> for Increment {}
/// A decoded [`Increment`]: borrowed from the payload, which it must not outlive. Everything was checked before, so reading has no errors; copying it is cheap.
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[allow(dead_code)]
pub struct IncrementView<'a> {
    header: &'a IncrementWireHeader,
}
#[allow(dead_code)]
impl<'a> IncrementView<'a> {
    /// The number.
    #[must_use]
    #[inline]
    pub fn value(&self) -> u64 {
        self.header.value.get()
    }
    /// Copies everything out, into an owned [`Increment`].
    #[must_use]
    pub fn to_owned(&self) -> Increment {
        Increment { value: self.value() }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for IncrementView<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("IncrementView").field("value", &self.value()).finish()
    }
}
/// The fields, on one line.
#[automatically_derived]
impl ::core::fmt::Display for IncrementView<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        crate::__derive::Fields::new(f).field("value", self.value()).finish()
    }
}
/// The fields of [`Increment`], borrowed: what to encode without building anything owned.
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::default::Default,
    ::core::cmp::PartialEq,
    ::core::cmp::Eq
)]
#[allow(dead_code)]
pub struct IncrementRef {
    /// The number.
    pub value: u64,
}
#[automatically_derived]
impl crate::__derive::Encode for Increment {
    type Message = Increment;
    #[inline]
    fn encoded_len(&self) -> usize {
        8
    }
    #[inline]
    fn encode_exact<__Fault: crate::__derive::EncodeFault>(
        &self,
        into: &mut [u8],
    ) -> ::core::result::Result<usize, __Fault> {
        let tail = crate::__derive::TailWriter::<__Fault>::new(into, 8)?;
        let header = IncrementWireHeader {
            value: crate::__derive::U64::new(self.value),
        };
        tail.finish(crate::__derive::zerocopy::IntoBytes::as_bytes(&header))
    }
}
#[automatically_derived]
impl crate::__derive::Encode for IncrementRef {
    type Message = Increment;
    #[inline]
    fn encoded_len(&self) -> usize {
        8
    }
    #[inline]
    fn encode_exact<__Fault: crate::__derive::EncodeFault>(
        &self,
        into: &mut [u8],
    ) -> ::core::result::Result<usize, __Fault> {
        let tail = crate::__derive::TailWriter::<__Fault>::new(into, 8)?;
        let header = IncrementWireHeader {
            value: crate::__derive::U64::new(self.value),
        };
        tail.finish(crate::__derive::zerocopy::IntoBytes::as_bytes(&header))
    }
}
/// Fills the payload of [`Increment`] in place. What does not fit is remembered and fails the payload as a whole.
#[derive(::core::fmt::Debug)]
#[allow(dead_code)]
pub struct IncrementBuilder<'a> {
    header: IncrementWireHeader,
    strings: crate::__derive::StringsBuilder<'a, 0>,
}
#[allow(dead_code)]
impl<'a> IncrementBuilder<'a> {
    /// The number.
    #[inline]
    pub fn value(&mut self, value: u64) -> &mut Self {
        self.header.value = crate::__derive::U64::new(value);
        self
    }
}
#[automatically_derived]
impl<'a> crate::__derive::MessageBuilder<'a> for IncrementBuilder<'a> {
    #[inline]
    fn new(into: &'a mut [u8]) -> Self {
        Self {
            header: IncrementWireHeader::EMPTY,
            strings: crate::__derive::StringsBuilder::new(into, 8),
        }
    }
    #[inline]
    fn finish(mut self) -> ::core::result::Result<usize, crate::__derive::EncodeError> {
        self.strings.finish(crate::__derive::zerocopy::IntoBytes::as_bytes(&self.header))
    }
}
/// `value` as part of a key.
#[automatically_derived]
impl crate::__derive::NamedField<8999596768310594794> for Increment {
    type Value<'a> = u64;
    #[inline]
    fn value<'a>(
        item: <Self as crate::__derive::WireMessage>::View<'a>,
    ) -> <Self as crate::__derive::NamedField<8999596768310594794>>::Value<'a> {
        IncrementView::value(&item)
    }
}
