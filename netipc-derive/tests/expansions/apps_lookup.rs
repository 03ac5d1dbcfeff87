/// The fixed header of [`AppsLookup`], byte by byte.
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
struct AppsLookupWireHeader {
    layout_version: crate::__derive::U16,
    flags: crate::__derive::U16,
    items: crate::__derive::U32,
    generation: crate::__derive::U64,
}
impl AppsLookupWireHeader {
    /// Of a message whose fields are all 0 or empty.
    const EMPTY: Self = Self {
        layout_version: crate::__derive::U16::new(1),
        flags: crate::__derive::U16::new(0),
        items: crate::__derive::U32::new(0),
        generation: crate::__derive::U64::new(0),
    };
}
const _: () = {
    ::core::assert!(::core::mem::size_of:: < AppsLookupWireHeader > () == 16);
    ::core::assert!(::core::mem::offset_of!(AppsLookupWireHeader, layout_version) == 0);
    ::core::assert!(::core::mem::offset_of!(AppsLookupWireHeader, flags) == 2);
    ::core::assert!(::core::mem::offset_of!(AppsLookupWireHeader, items) == 4);
    ::core::assert!(::core::mem::offset_of!(AppsLookupWireHeader, generation) == 8);
};
#[automatically_derived]
impl crate::__derive::WireMessage for AppsLookup {
    type View<'a> = AppsLookupView<'a>;
    type Ref<'a> = AppsLookupRef<'a>;
    type Builder<'a> = AppsLookupBuilder<'a>;
    const LAYOUT: &'static crate::__derive::Layout = &crate::__derive::Layout {
        name: "AppsLookup",
        doc: "What the processes are, one for one.",
        method: ::core::option::Option::Some(5),
        header_len: 16,
        fields: &[
            crate::__derive::Field {
                name: "layout_version",
                at: 0,
                size: 2,
                kind: crate::__derive::FieldKind::Constant(1),
                doc: "",
            },
            crate::__derive::Field {
                name: "flags",
                at: 2,
                size: 2,
                kind: crate::__derive::FieldKind::Constant(0),
                doc: "",
            },
            crate::__derive::Field {
                name: "item_count",
                at: 4,
                size: 4,
                kind: crate::__derive::FieldKind::Count("items"),
                doc: "An item for each process of the request, in that order.",
            },
            crate::__derive::Field {
                name: "generation",
                at: 8,
                size: 8,
                kind: crate::__derive::FieldKind::Unsigned,
                doc: "Tells one state of the provider's knowledge from the next.",
            },
        ],
        tail: crate::__derive::Tail::Directory {
            name: "items",
            order: crate::__derive::Order::Ascending,
            item: <AppLookupItem as crate::__derive::WireMessage>::LAYOUT,
        },
        rules: &[],
    };
    const MIN_LEN: u32 = 16;
    #[inline]
    fn check_as<__Fault: crate::__derive::Fault>(
        bytes: &[u8],
    ) -> ::core::result::Result<(), __Fault> {
        let header = crate::__derive::header::<
            AppsLookupWireHeader,
            __Fault,
        >("AppsLookup", bytes)?;
        crate::__derive::constant::<
            __Fault,
        >(("AppsLookup", "layout_version", 0), header.layout_version.get(), 1)?;
        crate::__derive::constant::<
            __Fault,
        >(("AppsLookup", "flags", 2), header.flags.get(), 0)?;
        crate::__derive::directory::<
            AppLookupItem,
            __Fault,
        >(
            ("AppsLookup", "items", 16),
            bytes,
            header.items.get(),
            crate::__derive::Order::Ascending,
        )?;
        ::core::result::Result::Ok(())
    }
    #[inline]
    fn view(bytes: &[u8]) -> AppsLookupView<'_> {
        AppsLookupView {
            header: crate::__derive::head(bytes, &AppsLookupWireHeader::EMPTY),
            bytes,
        }
    }
}
#[automatically_derived]
impl crate::__derive::MethodMessage for AppsLookup {
    type Method = crate::__derive::MethodCode<5>;
    const METHOD: u16 = 5;
}
#[automatically_derived]
impl crate::__derive::BelongsTo<crate::__derive::MethodCode<5>> for AppsLookup {}
/// A decoded [`AppsLookup`]: borrowed from the payload, which it must not outlive. Everything was checked before, so reading has no errors; copying it is cheap.
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[allow(dead_code)]
pub struct AppsLookupView<'a> {
    header: &'a AppsLookupWireHeader,
    bytes: &'a [u8],
}
#[allow(dead_code)]
impl<'a> AppsLookupView<'a> {
    /// An item for each process of the request, in that order.
    #[must_use]
    #[inline]
    pub fn items(&self) -> crate::__derive::Items<'a, AppLookupItem> {
        crate::__derive::Items::of(self.bytes, 16, self.header.items.get())
    }
    /// Tells one state of the provider's knowledge from the next.
    #[must_use]
    #[inline]
    pub fn generation(&self) -> u64 {
        self.header.generation.get()
    }
    /// Copies everything out, into an owned [`AppsLookup`].
    #[must_use]
    pub fn to_owned(&self) -> AppsLookup {
        AppsLookup {
            items: crate::__derive::owned(self.items().iter(), |item| item.to_owned()),
            generation: self.generation(),
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for AppsLookupView<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("AppsLookupView")
            .field("items", &self.items())
            .field("generation", &self.generation())
            .finish()
    }
}
/// The fields, on one line.
#[automatically_derived]
impl ::core::fmt::Display for AppsLookupView<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        crate::__derive::Fields::new(f)
            .field("items", self.items())
            .field("generation", self.generation())
            .finish()
    }
}
/// The fields of [`AppsLookup`], borrowed: what to encode without building anything owned.
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::default::Default,
    ::core::cmp::PartialEq,
    ::core::cmp::Eq
)]
#[allow(dead_code)]
pub struct AppsLookupRef<'a> {
    /// An item for each process of the request, in that order.
    pub items: &'a [<AppLookupItem as crate::__derive::WireMessage>::Ref<'a>],
    /// Tells one state of the provider's knowledge from the next.
    pub generation: u64,
}
#[automatically_derived]
impl crate::__derive::Encode for AppsLookup {
    type Message = AppsLookup;
    #[inline]
    fn encoded_len(&self) -> usize {
        16 + crate::__derive::items_len(&self.items[..])
    }
    #[inline]
    fn encode_exact<__Fault: crate::__derive::EncodeFault>(
        &self,
        into: &mut [u8],
    ) -> ::core::result::Result<usize, __Fault> {
        let mut builder = <AppsLookupBuilder<
            '_,
        > as crate::__derive::MessageBuilder<'_>>::new(into);
        AppsLookupBuilder::generation(&mut builder, self.generation);
        AppsLookupBuilder::items(&mut builder).extend(self.items.iter())?;
        ::core::result::Result::Ok(crate::__derive::MessageBuilder::finish(builder)?)
    }
}
#[automatically_derived]
impl crate::__derive::Encode for AppsLookupRef<'_> {
    type Message = AppsLookup;
    #[inline]
    fn encoded_len(&self) -> usize {
        16 + crate::__derive::items_len(&self.items[..])
    }
    #[inline]
    fn encode_exact<__Fault: crate::__derive::EncodeFault>(
        &self,
        into: &mut [u8],
    ) -> ::core::result::Result<usize, __Fault> {
        let mut builder = <AppsLookupBuilder<
            '_,
        > as crate::__derive::MessageBuilder<'_>>::new(into);
        AppsLookupBuilder::generation(&mut builder, self.generation);
        AppsLookupBuilder::items(&mut builder).extend(self.items.iter())?;
        ::core::result::Result::Ok(crate::__derive::MessageBuilder::finish(builder)?)
    }
}
/// Fills the payload of [`AppsLookup`] in place. What does not fit is remembered and fails the payload as a whole.
#[derive(::core::fmt::Debug)]
#[allow(dead_code)]
pub struct AppsLookupBuilder<'a> {
    header: AppsLookupWireHeader,
    items: crate::__derive::LookupBuilder<'a, AppLookupItem>,
}
#[allow(dead_code)]
impl<'a> AppsLookupBuilder<'a> {
    /// An item for each process of the request, in that order.
    #[inline]
    pub fn items(&mut self) -> &mut crate::__derive::LookupBuilder<'a, AppLookupItem> {
        &mut self.items
    }
    /// Tells one state of the provider's knowledge from the next.
    #[inline]
    pub fn generation(&mut self, value: u64) -> &mut Self {
        self.header.generation = crate::__derive::U64::new(value);
        self
    }
}
#[automatically_derived]
impl<'a> crate::__derive::MessageBuilder<'a> for AppsLookupBuilder<'a> {
    #[inline]
    fn new(into: &'a mut [u8]) -> Self {
        Self {
            header: AppsLookupWireHeader::EMPTY,
            items: crate::__derive::LookupBuilder::new(into, 16),
        }
    }
    #[inline]
    fn answering(into: &'a mut [u8], request: &'a [u8]) -> Self {
        let keys = <AppsLookup as crate::__derive::LookupResponse>::keys(request);
        Self {
            header: AppsLookupWireHeader::EMPTY,
            items: crate::__derive::LookupBuilder::answering(into, 16, keys),
        }
    }
    #[inline]
    fn finish(mut self) -> ::core::result::Result<usize, crate::__derive::EncodeError> {
        self.header.items = crate::__derive::U32::new(self.items.close()?);
        self.items.finish(crate::__derive::zerocopy::IntoBytes::as_bytes(&self.header))
    }
}
#[automatically_derived]
impl crate::__derive::LookupResponse for AppsLookup {
    type Request = AppsLookupRequest;
    type Item = AppLookupItem;
    #[inline]
    fn keys(
        request: &[u8],
    ) -> crate::__derive::Items<
        '_,
        <AppLookupItem as crate::__derive::LookupItem>::Key,
    > {
        <AppsLookupRequest as crate::__derive::WireMessage>::view(request).pids()
    }
    #[inline]
    fn items(response: &[u8]) -> crate::__derive::Items<'_, AppLookupItem> {
        <Self as crate::__derive::WireMessage>::view(response).items()
    }
}
const _: () = crate::__derive::answers::<AppsLookup, AppsLookupRequest>();
/// `generation` as part of a key.
#[automatically_derived]
impl crate::__derive::NamedField<16645482912950954071> for AppsLookup {
    type Value<'a> = u64;
    #[inline]
    fn value<'a>(
        item: <Self as crate::__derive::WireMessage>::View<'a>,
    ) -> <Self as crate::__derive::NamedField<16645482912950954071>>::Value<'a> {
        AppsLookupView::generation(&item)
    }
}
