/// The fixed header of [`AppLookupItem`], byte by byte.
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
struct AppLookupItemWireHeader {
    layout_version: crate::__derive::U16,
    status: crate::__derive::U16,
    orchestrator: crate::__derive::U16,
    cgroup_status: crate::__derive::U16,
    pid: crate::__derive::U32,
    ppid: crate::__derive::U32,
    uid: crate::__derive::U32,
    reserved_20: [u8; 4],
    starttime: crate::__derive::U64,
    comm: crate::__derive::Span,
    cgroup_path: crate::__derive::Span,
    cgroup_name: crate::__derive::Span,
    labels: crate::__derive::U16,
    reserved_58: [u8; 2],
}
impl AppLookupItemWireHeader {
    /// Of a message whose fields are all 0 or empty.
    const EMPTY: Self = Self {
        layout_version: crate::__derive::U16::new(1),
        status: crate::__derive::U16::new(0),
        orchestrator: crate::__derive::U16::new(0),
        cgroup_status: crate::__derive::U16::new(0),
        pid: crate::__derive::U32::new(0),
        ppid: crate::__derive::U32::new(0),
        uid: crate::__derive::U32::new(0),
        reserved_20: [0; 4],
        starttime: crate::__derive::U64::new(0),
        comm: crate::__derive::Span::new(0, 0),
        cgroup_path: crate::__derive::Span::new(0, 0),
        cgroup_name: crate::__derive::Span::new(0, 0),
        labels: crate::__derive::U16::new(0),
        reserved_58: [0; 2],
    };
    /// What the fields have to do with one another.
    #[inline]
    fn rules<__Fault: crate::__derive::Fault>(
        &self,
    ) -> ::core::result::Result<(), __Fault> {
        crate::__derive::length::<
            __Fault,
        >(("AppLookupItem", "comm", 32), self.comm.length(), 0, 15)?;
        if self.status.get()
            != <ProcessStatus as crate::__derive::EnumField<
                u16,
            >>::number(<ProcessStatus>::Known)
        {
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "orchestrator", 4),
                self.orchestrator.get()
                    == <Orchestrator as crate::__derive::EnumField<
                        u16,
                    >>::number(<Orchestrator>::Unknown),
                "status != Known => orchestrator = Unknown",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "cgroup_status", 6),
                self.cgroup_status.get()
                    == <CgroupStatus as crate::__derive::EnumField<
                        u16,
                    >>::number(<CgroupStatus>::Known),
                "status != Known => cgroup_status = Known",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "ppid", 12),
                self.ppid.get() == 0,
                "status != Known => ppid = 0",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "uid", 16),
                self.uid.get() == 4294967295,
                "status != Known => uid = 4294967295",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "starttime", 24),
                self.starttime.get() == 0,
                "status != Known => starttime = 0",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "comm", 32),
                self.comm.length() == 0,
                "status != Known => comm = empty",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "cgroup_path", 40),
                self.cgroup_path.length() == 0,
                "status != Known => cgroup_path = empty",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "cgroup_name", 48),
                self.cgroup_name.length() == 0,
                "status != Known => cgroup_name = empty",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "labels", 56),
                self.labels.get() == 0,
                "status != Known => labels = empty",
            )?;
        }
        if self.status.get()
            == <ProcessStatus as crate::__derive::EnumField<
                u16,
            >>::number(<ProcessStatus>::Known)
        {
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "comm", 32),
                self.comm.length() != 0,
                "status == Known => comm = not_empty",
            )?;
        }
        if self.status.get()
            == <ProcessStatus as crate::__derive::EnumField<
                u16,
            >>::number(<ProcessStatus>::Known)
            && self.cgroup_status.get()
                == <CgroupStatus as crate::__derive::EnumField<
                    u16,
                >>::number(<CgroupStatus>::Known)
        {
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "cgroup_path", 40),
                self.cgroup_path.length() != 0,
                "status == Known && cgroup_status == Known => cgroup_path = not_empty",
            )?;
        }
        if self.cgroup_status.get()
            == <CgroupStatus as crate::__derive::EnumField<
                u16,
            >>::number(<CgroupStatus>::UnknownRetryLater)
        {
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "orchestrator", 4),
                self.orchestrator.get()
                    == <Orchestrator as crate::__derive::EnumField<
                        u16,
                    >>::number(<Orchestrator>::Unknown),
                "cgroup_status == UnknownRetryLater => orchestrator = Unknown",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "cgroup_name", 48),
                self.cgroup_name.length() == 0,
                "cgroup_status == UnknownRetryLater => cgroup_name = empty",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "labels", 56),
                self.labels.get() == 0,
                "cgroup_status == UnknownRetryLater => labels = empty",
            )?;
        }
        if self.cgroup_status.get()
            == <CgroupStatus as crate::__derive::EnumField<
                u16,
            >>::number(<CgroupStatus>::UnknownPermanent)
        {
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "orchestrator", 4),
                self.orchestrator.get()
                    == <Orchestrator as crate::__derive::EnumField<
                        u16,
                    >>::number(<Orchestrator>::Unknown),
                "cgroup_status == UnknownPermanent => orchestrator = Unknown",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "cgroup_path", 40),
                self.cgroup_path.length() != 0,
                "cgroup_status == UnknownPermanent => cgroup_path = not_empty",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "cgroup_name", 48),
                self.cgroup_name.length() == 0,
                "cgroup_status == UnknownPermanent => cgroup_name = empty",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "labels", 56),
                self.labels.get() == 0,
                "cgroup_status == UnknownPermanent => labels = empty",
            )?;
        }
        if self.cgroup_status.get()
            == <CgroupStatus as crate::__derive::EnumField<
                u16,
            >>::number(<CgroupStatus>::HostRoot)
        {
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "orchestrator", 4),
                self.orchestrator.get()
                    == <Orchestrator as crate::__derive::EnumField<
                        u16,
                    >>::number(<Orchestrator>::Unknown),
                "cgroup_status == HostRoot => orchestrator = Unknown",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "cgroup_path", 40),
                self.cgroup_path.length() == 0,
                "cgroup_status == HostRoot => cgroup_path = empty",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "cgroup_name", 48),
                self.cgroup_name.length() == 0,
                "cgroup_status == HostRoot => cgroup_name = empty",
            )?;
            crate::__derive::between::<
                __Fault,
            >(
                ("AppLookupItem", "labels", 56),
                self.labels.get() == 0,
                "cgroup_status == HostRoot => labels = empty",
            )?;
        }
        ::core::result::Result::Ok(())
    }
}
const _: () = {
    ::core::assert!(::core::mem::size_of:: < AppLookupItemWireHeader > () == 60);
    ::core::assert!(
        ::core::mem::offset_of!(AppLookupItemWireHeader, layout_version) == 0
    );
    ::core::assert!(::core::mem::offset_of!(AppLookupItemWireHeader, status) == 2);
    ::core::assert!(::core::mem::offset_of!(AppLookupItemWireHeader, orchestrator) == 4);
    ::core::assert!(
        ::core::mem::offset_of!(AppLookupItemWireHeader, cgroup_status) == 6
    );
    ::core::assert!(::core::mem::offset_of!(AppLookupItemWireHeader, pid) == 8);
    ::core::assert!(::core::mem::offset_of!(AppLookupItemWireHeader, ppid) == 12);
    ::core::assert!(::core::mem::offset_of!(AppLookupItemWireHeader, uid) == 16);
    ::core::assert!(::core::mem::offset_of!(AppLookupItemWireHeader, reserved_20) == 20);
    ::core::assert!(::core::mem::offset_of!(AppLookupItemWireHeader, starttime) == 24);
    ::core::assert!(::core::mem::offset_of!(AppLookupItemWireHeader, comm) == 32);
    ::core::assert!(::core::mem::offset_of!(AppLookupItemWireHeader, cgroup_path) == 40);
    ::core::assert!(::core::mem::offset_of!(AppLookupItemWireHeader, cgroup_name) == 48);
    ::core::assert!(::core::mem::offset_of!(AppLookupItemWireHeader, labels) == 56);
    ::core::assert!(::core::mem::offset_of!(AppLookupItemWireHeader, reserved_58) == 58);
};
#[automatically_derived]
impl crate::__derive::WireMessage for AppLookupItem {
    type View<'a> = AppLookupItemView<'a>;
    type Ref<'a> = AppLookupItemRef<'a>;
    type Builder<'a> = AppLookupItemBuilder<'a>;
    const LAYOUT: &'static crate::__derive::Layout = &crate::__derive::Layout {
        name: "AppLookupItem",
        doc: "What one process is, and its cgroup.",
        method: ::core::option::Option::None,
        header_len: 60,
        fields: &[
            crate::__derive::Field {
                name: "layout_version",
                at: 0,
                size: 2,
                kind: crate::__derive::FieldKind::Constant(1),
                doc: "",
            },
            crate::__derive::Field {
                name: "status",
                at: 2,
                size: 2,
                kind: <ProcessStatus as crate::__derive::EnumField<u16>>::KIND,
                doc: "Whether it is known.",
            },
            crate::__derive::Field {
                name: "orchestrator",
                at: 4,
                size: 2,
                kind: <Orchestrator as crate::__derive::EnumField<u16>>::KIND,
                doc: "What runs its cgroup.",
            },
            crate::__derive::Field {
                name: "cgroup_status",
                at: 6,
                size: 2,
                kind: <CgroupStatus as crate::__derive::EnumField<u16>>::KIND,
                doc: "What is known of its cgroup.",
            },
            crate::__derive::Field {
                name: "pid",
                at: 8,
                size: 4,
                kind: crate::__derive::FieldKind::Unsigned,
                doc: "The process, as in the request.",
            },
            crate::__derive::Field {
                name: "ppid",
                at: 12,
                size: 4,
                kind: crate::__derive::FieldKind::Unsigned,
                doc: "Its parent, or 0.",
            },
            crate::__derive::Field {
                name: "uid",
                at: 16,
                size: 4,
                kind: crate::__derive::FieldKind::Unsigned,
                doc: "Its user; `0xFFFF_FFFF` where that is not known.",
            },
            crate::__derive::Field {
                name: "reserved",
                at: 20,
                size: 4,
                kind: crate::__derive::FieldKind::Reserved,
                doc: "",
            },
            crate::__derive::Field {
                name: "starttime",
                at: 24,
                size: 8,
                kind: crate::__derive::FieldKind::Unsigned,
                doc: "When it started, in jiffies since boot (field 22 of `/proc/<pid>/stat`); 0 off Linux.",
            },
            crate::__derive::Field {
                name: "comm",
                at: 32,
                size: 8,
                kind: crate::__derive::FieldKind::String {
                    place: ::core::option::Option::None,
                    min: 0,
                    max: 15,
                },
                doc: "Its name.",
            },
            crate::__derive::Field {
                name: "cgroup_path",
                at: 40,
                size: 8,
                kind: crate::__derive::FieldKind::String {
                    place: ::core::option::Option::None,
                    min: 0,
                    max: u32::MAX,
                },
                doc: "The path of its cgroup.",
            },
            crate::__derive::Field {
                name: "cgroup_name",
                at: 48,
                size: 8,
                kind: crate::__derive::FieldKind::String {
                    place: ::core::option::Option::None,
                    min: 0,
                    max: u32::MAX,
                },
                doc: "The name of its cgroup, as people know it.",
            },
            crate::__derive::Field {
                name: "labels_count",
                at: 56,
                size: 2,
                kind: crate::__derive::FieldKind::Count("labels"),
                doc: "The labels of its cgroup.",
            },
            crate::__derive::Field {
                name: "reserved",
                at: 58,
                size: 2,
                kind: crate::__derive::FieldKind::Reserved,
                doc: "",
            },
        ],
        tail: crate::__derive::Tail::Strings {
            disjoint: true,
            no_nul: true,
            table: ::core::option::Option::Some((
                "labels",
                <Label as crate::__derive::WireRow>::LAYOUT,
            )),
        },
        rules: &[
            "status != Known => orchestrator = Unknown, cgroup_status = Known, ppid = 0, uid = 4294967295, starttime = 0, comm = empty, cgroup_path = empty, cgroup_name = empty, labels = empty",
            "status == Known => comm = not_empty",
            "status == Known && cgroup_status == Known => cgroup_path = not_empty",
            "cgroup_status == UnknownRetryLater => orchestrator = Unknown, cgroup_name = empty, labels = empty",
            "cgroup_status == UnknownPermanent => orchestrator = Unknown, cgroup_path = not_empty, cgroup_name = empty, labels = empty",
            "cgroup_status == HostRoot => orchestrator = Unknown, cgroup_path = empty, cgroup_name = empty, labels = empty",
        ],
    };
    const MIN_LEN: u32 = 60;
    #[inline]
    fn check_as<__Fault: crate::__derive::Fault>(
        bytes: &[u8],
    ) -> ::core::result::Result<(), __Fault> {
        let header = crate::__derive::header::<
            AppLookupItemWireHeader,
            __Fault,
        >("AppLookupItem", bytes)?;
        crate::__derive::constant::<
            __Fault,
        >(("AppLookupItem", "layout_version", 0), header.layout_version.get(), 1)?;
        <ProcessStatus as crate::__derive::EnumField<
            u16,
        >>::listed::<__Fault>(("AppLookupItem", "status", 2), header.status.get())?;
        <Orchestrator as crate::__derive::EnumField<
            u16,
        >>::listed::<
            __Fault,
        >(("AppLookupItem", "orchestrator", 4), header.orchestrator.get())?;
        <CgroupStatus as crate::__derive::EnumField<
            u16,
        >>::listed::<
            __Fault,
        >(("AppLookupItem", "cgroup_status", 6), header.cgroup_status.get())?;
        crate::__derive::reserved::<
            _,
            __Fault,
        >(("AppLookupItem", 20), &header.reserved_20)?;
        crate::__derive::reserved::<
            _,
            __Fault,
        >(("AppLookupItem", 58), &header.reserved_58)?;
        header.rules::<__Fault>()?;
        crate::__derive::c_string::<
            __Fault,
        >(("AppLookupItem", "comm", 32), bytes, 60, header.comm)?;
        crate::__derive::c_string::<
            __Fault,
        >(("AppLookupItem", "cgroup_path", 40), bytes, 60, header.cgroup_path)?;
        crate::__derive::c_string::<
            __Fault,
        >(("AppLookupItem", "cgroup_name", 48), bytes, 60, header.cgroup_name)?;
        crate::__derive::disjoint::<
            __Fault,
        >(
            "AppLookupItem",
            &[
                ("comm", 32, header.comm),
                ("cgroup_path", 40, header.cgroup_path),
                ("cgroup_name", 48, header.cgroup_name),
            ],
        )?;
        crate::__derive::table::<
            Label,
            __Fault,
        >(
            ("labels", 56),
            bytes,
            crate::__derive::end(
                60,
                &[header.comm, header.cgroup_path, header.cgroup_name],
            ),
            8,
            header.labels.get(),
        )?;
        ::core::result::Result::Ok(())
    }
    #[inline]
    fn view(bytes: &[u8]) -> AppLookupItemView<'_> {
        AppLookupItemView {
            header: crate::__derive::head(bytes, &AppLookupItemWireHeader::EMPTY),
            bytes,
        }
    }
}
/// A decoded [`AppLookupItem`]: borrowed from the payload, which it must not outlive. Everything was checked before, so reading has no errors; copying it is cheap.
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[allow(dead_code)]
pub struct AppLookupItemView<'a> {
    header: &'a AppLookupItemWireHeader,
    bytes: &'a [u8],
}
#[allow(dead_code)]
impl<'a> AppLookupItemView<'a> {
    /// Whether it is known.
    #[must_use]
    #[inline]
    pub fn status(&self) -> ProcessStatus {
        <ProcessStatus as crate::__derive::EnumField<
            u16,
        >>::variant(self.header.status.get())
    }
    /// What runs its cgroup.
    #[must_use]
    #[inline]
    pub fn orchestrator(&self) -> Orchestrator {
        <Orchestrator as crate::__derive::EnumField<
            u16,
        >>::variant(self.header.orchestrator.get())
    }
    /// What is known of its cgroup.
    #[must_use]
    #[inline]
    pub fn cgroup_status(&self) -> CgroupStatus {
        <CgroupStatus as crate::__derive::EnumField<
            u16,
        >>::variant(self.header.cgroup_status.get())
    }
    /// The process, as in the request.
    #[must_use]
    #[inline]
    pub fn pid(&self) -> u32 {
        self.header.pid.get()
    }
    /// Its parent, or 0.
    #[must_use]
    #[inline]
    pub fn ppid(&self) -> u32 {
        self.header.ppid.get()
    }
    /// Its user; `0xFFFF_FFFF` where that is not known.
    #[must_use]
    #[inline]
    pub fn uid(&self) -> u32 {
        self.header.uid.get()
    }
    /// When it started, in jiffies since boot (field 22 of `/proc/<pid>/stat`); 0 off Linux.
    #[must_use]
    #[inline]
    pub fn starttime(&self) -> u64 {
        self.header.starttime.get()
    }
    /// `comm` with its NUL, for C.
    #[must_use]
    pub fn comm_c_str(&self) -> &'a ::core::ffi::CStr {
        crate::__derive::c_str(self.bytes, self.header.comm)
    }
    /// Its name.
    #[must_use]
    #[inline]
    pub fn comm(&self) -> &'a crate::__derive::BStr {
        crate::__derive::text(self.bytes, self.header.comm)
    }
    /// `cgroup_path` with its NUL, for C.
    #[must_use]
    pub fn cgroup_path_c_str(&self) -> &'a ::core::ffi::CStr {
        crate::__derive::c_str(self.bytes, self.header.cgroup_path)
    }
    /// The path of its cgroup.
    #[must_use]
    #[inline]
    pub fn cgroup_path(&self) -> &'a crate::__derive::BStr {
        crate::__derive::text(self.bytes, self.header.cgroup_path)
    }
    /// `cgroup_name` with its NUL, for C.
    #[must_use]
    pub fn cgroup_name_c_str(&self) -> &'a ::core::ffi::CStr {
        crate::__derive::c_str(self.bytes, self.header.cgroup_name)
    }
    /// The name of its cgroup, as people know it.
    #[must_use]
    #[inline]
    pub fn cgroup_name(&self) -> &'a crate::__derive::BStr {
        crate::__derive::text(self.bytes, self.header.cgroup_name)
    }
    /// The labels of its cgroup.
    #[must_use]
    #[inline]
    pub fn labels(&self) -> crate::__derive::Rows<'a, Label> {
        crate::__derive::Rows::of(
            self.bytes,
            crate::__derive::end(
                60,
                &[self.header.comm, self.header.cgroup_path, self.header.cgroup_name],
            ),
            8,
            self.header.labels.get(),
        )
    }
    /// Copies everything out, into an owned [`AppLookupItem`].
    #[must_use]
    pub fn to_owned(&self) -> AppLookupItem {
        AppLookupItem {
            status: self.status(),
            orchestrator: self.orchestrator(),
            cgroup_status: self.cgroup_status(),
            pid: self.pid(),
            ppid: self.ppid(),
            uid: self.uid(),
            starttime: self.starttime(),
            comm: ::core::convert::Into::into(self.comm()),
            cgroup_path: ::core::convert::Into::into(self.cgroup_path()),
            cgroup_name: ::core::convert::Into::into(self.cgroup_name()),
            labels: crate::__derive::owned(self.labels().iter(), |row| row.to_owned()),
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for AppLookupItemView<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("AppLookupItemView")
            .field("status", &self.status())
            .field("orchestrator", &self.orchestrator())
            .field("cgroup_status", &self.cgroup_status())
            .field("pid", &self.pid())
            .field("ppid", &self.ppid())
            .field("uid", &self.uid())
            .field("starttime", &self.starttime())
            .field("comm", &self.comm())
            .field("cgroup_path", &self.cgroup_path())
            .field("cgroup_name", &self.cgroup_name())
            .field("labels", &self.labels())
            .finish()
    }
}
/// The fields, on one line.
#[automatically_derived]
impl ::core::fmt::Display for AppLookupItemView<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        crate::__derive::Fields::new(f)
            .field("status", ::core::format_args!("{:?}", self.status()))
            .field("orchestrator", ::core::format_args!("{:?}", self.orchestrator()))
            .field("cgroup_status", ::core::format_args!("{:?}", self.cgroup_status()))
            .field("pid", self.pid())
            .field("ppid", self.ppid())
            .field("uid", self.uid())
            .field("starttime", self.starttime())
            .field("comm", ::core::format_args!("{:?}", self.comm()))
            .field("cgroup_path", ::core::format_args!("{:?}", self.cgroup_path()))
            .field("cgroup_name", ::core::format_args!("{:?}", self.cgroup_name()))
            .field("labels", self.labels())
            .finish()
    }
}
/// The fields of [`AppLookupItem`], borrowed: what to encode without building anything owned.
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::cmp::PartialEq,
    ::core::cmp::Eq
)]
#[allow(dead_code)]
pub struct AppLookupItemRef<'a> {
    /// Whether it is known.
    pub status: ProcessStatus,
    /// What runs its cgroup.
    pub orchestrator: Orchestrator,
    /// What is known of its cgroup.
    pub cgroup_status: CgroupStatus,
    /// The process, as in the request.
    pub pid: u32,
    /// Its parent, or 0.
    pub ppid: u32,
    /// Its user; `0xFFFF_FFFF` where that is not known.
    pub uid: u32,
    /// When it started, in jiffies since boot (field 22 of `/proc/<pid>/stat`); 0 off Linux.
    pub starttime: u64,
    /// Its name.
    pub comm: &'a [u8],
    /// The path of its cgroup.
    pub cgroup_path: &'a [u8],
    /// The name of its cgroup, as people know it.
    pub cgroup_name: &'a [u8],
    /// The labels of its cgroup.
    pub labels: &'a [<Label as crate::__derive::WireRow>::Ref<'a>],
}
#[automatically_derived]
impl<'a> ::core::default::Default for AppLookupItemRef<'a> {
    fn default() -> Self {
        Self {
            status: <ProcessStatus as crate::__derive::EnumField<u16>>::start(),
            orchestrator: <Orchestrator as crate::__derive::EnumField<u16>>::start(),
            cgroup_status: <CgroupStatus as crate::__derive::EnumField<u16>>::start(),
            pid: ::core::default::Default::default(),
            ppid: ::core::default::Default::default(),
            uid: ::core::default::Default::default(),
            starttime: ::core::default::Default::default(),
            comm: ::core::default::Default::default(),
            cgroup_path: ::core::default::Default::default(),
            cgroup_name: ::core::default::Default::default(),
            labels: ::core::default::Default::default(),
        }
    }
}
#[automatically_derived]
impl crate::__derive::Encode for AppLookupItem {
    type Message = AppLookupItem;
    #[inline]
    fn encoded_len(&self) -> usize {
        let strings_end = 60 + self.comm.len() + 1 + self.cgroup_path.len() + 1
            + self.cgroup_name.len() + 1;
        strings_end + crate::__derive::rows_len(strings_end, 8, &self.labels[..])
    }
    #[inline]
    fn encode_exact<__Fault: crate::__derive::EncodeFault>(
        &self,
        into: &mut [u8],
    ) -> ::core::result::Result<usize, __Fault> {
        let mut tail = crate::__derive::TailWriter::<__Fault>::new(into, 60)?;
        let strings = [
            tail.c_string(("AppLookupItem", "comm", 32), &self.comm)?,
            tail.c_string(("AppLookupItem", "cgroup_path", 40), &self.cgroup_path)?,
            tail.c_string(("AppLookupItem", "cgroup_name", 48), &self.cgroup_name)?,
        ];
        let rows = tail.rows("labels", 8, 65535, &self.labels[..])?;
        let header = AppLookupItemWireHeader {
            status: crate::__derive::U16::new(
                <ProcessStatus as crate::__derive::EnumField<u16>>::number(self.status),
            ),
            orchestrator: crate::__derive::U16::new(
                <Orchestrator as crate::__derive::EnumField<
                    u16,
                >>::number(self.orchestrator),
            ),
            cgroup_status: crate::__derive::U16::new(
                <CgroupStatus as crate::__derive::EnumField<
                    u16,
                >>::number(self.cgroup_status),
            ),
            pid: crate::__derive::U32::new(self.pid),
            ppid: crate::__derive::U32::new(self.ppid),
            uid: crate::__derive::U32::new(self.uid),
            starttime: crate::__derive::U64::new(self.starttime),
            comm: strings[0],
            cgroup_path: strings[1],
            cgroup_name: strings[2],
            labels: crate::__derive::U16::new(rows as u16),
            ..AppLookupItemWireHeader::EMPTY
        };
        header.rules::<__Fault>()?;
        tail.finish(crate::__derive::zerocopy::IntoBytes::as_bytes(&header))
    }
}
#[automatically_derived]
impl crate::__derive::Encode for AppLookupItemRef<'_> {
    type Message = AppLookupItem;
    #[inline]
    fn encoded_len(&self) -> usize {
        let strings_end = 60 + self.comm.len() + 1 + self.cgroup_path.len() + 1
            + self.cgroup_name.len() + 1;
        strings_end + crate::__derive::rows_len(strings_end, 8, &self.labels[..])
    }
    #[inline]
    fn encode_exact<__Fault: crate::__derive::EncodeFault>(
        &self,
        into: &mut [u8],
    ) -> ::core::result::Result<usize, __Fault> {
        let mut tail = crate::__derive::TailWriter::<__Fault>::new(into, 60)?;
        let strings = [
            tail.c_string(("AppLookupItem", "comm", 32), &self.comm)?,
            tail.c_string(("AppLookupItem", "cgroup_path", 40), &self.cgroup_path)?,
            tail.c_string(("AppLookupItem", "cgroup_name", 48), &self.cgroup_name)?,
        ];
        let rows = tail.rows("labels", 8, 65535, &self.labels[..])?;
        let header = AppLookupItemWireHeader {
            status: crate::__derive::U16::new(
                <ProcessStatus as crate::__derive::EnumField<u16>>::number(self.status),
            ),
            orchestrator: crate::__derive::U16::new(
                <Orchestrator as crate::__derive::EnumField<
                    u16,
                >>::number(self.orchestrator),
            ),
            cgroup_status: crate::__derive::U16::new(
                <CgroupStatus as crate::__derive::EnumField<
                    u16,
                >>::number(self.cgroup_status),
            ),
            pid: crate::__derive::U32::new(self.pid),
            ppid: crate::__derive::U32::new(self.ppid),
            uid: crate::__derive::U32::new(self.uid),
            starttime: crate::__derive::U64::new(self.starttime),
            comm: strings[0],
            cgroup_path: strings[1],
            cgroup_name: strings[2],
            labels: crate::__derive::U16::new(rows as u16),
            ..AppLookupItemWireHeader::EMPTY
        };
        header.rules::<__Fault>()?;
        tail.finish(crate::__derive::zerocopy::IntoBytes::as_bytes(&header))
    }
}
/// Fills the payload of [`AppLookupItem`] in place. What does not fit is remembered and fails the payload as a whole.
#[derive(::core::fmt::Debug)]
#[allow(dead_code)]
pub struct AppLookupItemBuilder<'a> {
    header: AppLookupItemWireHeader,
    strings: crate::__derive::StringsBuilder<'a, 3>,
}
#[allow(dead_code)]
impl<'a> AppLookupItemBuilder<'a> {
    /// Whether it is known.
    #[inline]
    pub fn status(&mut self, value: ProcessStatus) -> &mut Self {
        self.header.status = crate::__derive::U16::new(
            <ProcessStatus as crate::__derive::EnumField<u16>>::number(value),
        );
        self
    }
    /// What runs its cgroup.
    #[inline]
    pub fn orchestrator(&mut self, value: Orchestrator) -> &mut Self {
        self.header.orchestrator = crate::__derive::U16::new(
            <Orchestrator as crate::__derive::EnumField<u16>>::number(value),
        );
        self
    }
    /// What is known of its cgroup.
    #[inline]
    pub fn cgroup_status(&mut self, value: CgroupStatus) -> &mut Self {
        self.header.cgroup_status = crate::__derive::U16::new(
            <CgroupStatus as crate::__derive::EnumField<u16>>::number(value),
        );
        self
    }
    /// The process, as in the request.
    #[inline]
    pub fn pid(&mut self, value: u32) -> &mut Self {
        self.header.pid = crate::__derive::U32::new(value);
        self
    }
    /// Its parent, or 0.
    #[inline]
    pub fn ppid(&mut self, value: u32) -> &mut Self {
        self.header.ppid = crate::__derive::U32::new(value);
        self
    }
    /// Its user; `0xFFFF_FFFF` where that is not known.
    #[inline]
    pub fn uid(&mut self, value: u32) -> &mut Self {
        self.header.uid = crate::__derive::U32::new(value);
        self
    }
    /// When it started, in jiffies since boot (field 22 of `/proc/<pid>/stat`); 0 off Linux.
    #[inline]
    pub fn starttime(&mut self, value: u64) -> &mut Self {
        self.header.starttime = crate::__derive::U64::new(value);
        self
    }
    /// Its name.
    #[inline]
    pub fn comm(&mut self, value: impl ::core::convert::AsRef<[u8]>) -> &mut Self {
        self.strings.set(0, value.as_ref());
        self
    }
    /// `comm`, as `len` bytes that `fill` writes in place.
    #[inline]
    pub fn comm_with(
        &mut self,
        len: usize,
        fill: impl ::core::ops::FnOnce(&mut [u8]),
    ) -> &mut Self {
        self.strings.set_with(0, len, fill);
        self
    }
    /// The path of its cgroup.
    #[inline]
    pub fn cgroup_path(
        &mut self,
        value: impl ::core::convert::AsRef<[u8]>,
    ) -> &mut Self {
        self.strings.set(1, value.as_ref());
        self
    }
    /// `cgroup_path`, as `len` bytes that `fill` writes in place.
    #[inline]
    pub fn cgroup_path_with(
        &mut self,
        len: usize,
        fill: impl ::core::ops::FnOnce(&mut [u8]),
    ) -> &mut Self {
        self.strings.set_with(1, len, fill);
        self
    }
    /// The name of its cgroup, as people know it.
    #[inline]
    pub fn cgroup_name(
        &mut self,
        value: impl ::core::convert::AsRef<[u8]>,
    ) -> &mut Self {
        self.strings.set(2, value.as_ref());
        self
    }
    /// `cgroup_name`, as `len` bytes that `fill` writes in place.
    #[inline]
    pub fn cgroup_name_with(
        &mut self,
        len: usize,
        fill: impl ::core::ops::FnOnce(&mut [u8]),
    ) -> &mut Self {
        self.strings.set_with(2, len, fill);
        self
    }
    /// The labels of its cgroup.
    #[inline]
    pub fn labels(
        &mut self,
        rows: &[impl crate::__derive::EncodeRow<Row = Label>],
    ) -> &mut Self {
        let count = self.strings.rows("labels", 8, 65535, rows);
        self.header.labels = crate::__derive::U16::new(count as u16);
        self
    }
}
#[automatically_derived]
impl<'a> crate::__derive::MessageBuilder<'a> for AppLookupItemBuilder<'a> {
    #[inline]
    fn new(into: &'a mut [u8]) -> Self {
        Self {
            header: AppLookupItemWireHeader::EMPTY,
            strings: crate::__derive::StringsBuilder::new(into, 60),
        }
    }
    #[inline]
    fn finish(mut self) -> ::core::result::Result<usize, crate::__derive::EncodeError> {
        [self.header.comm, self.header.cgroup_path, self.header.cgroup_name] = self
            .strings
            .close()?;
        self.strings
            .without_nul(
                "AppLookupItem",
                [("comm", 32), ("cgroup_path", 40), ("cgroup_name", 48)],
            )?;
        self.header.rules::<crate::__derive::EncodeError>()?;
        self.strings.finish(crate::__derive::zerocopy::IntoBytes::as_bytes(&self.header))
    }
}
#[automatically_derived]
impl crate::__derive::LookupItem for AppLookupItem {
    type Key = Pid;
    #[inline]
    fn marker<'a>(
        key: <Pid as crate::__derive::WireMessage>::View<'a>,
        marker: crate::__derive::Marker,
    ) -> AppLookupItemRef<'a> {
        AppLookupItemRef {
            pid: key.pid(),
            status: match marker {
                crate::__derive::Marker::PayloadExceeded => {
                    <ProcessStatus>::PayloadExceeded
                }
                crate::__derive::Marker::OversizedItem => <ProcessStatus>::OversizedItem,
            },
            orchestrator: <Orchestrator>::Unknown,
            cgroup_status: <CgroupStatus>::Known,
            uid: 4294967295,
            ..::core::default::Default::default()
        }
    }
    #[inline]
    fn echoes(
        item: &AppLookupItemRef<'_>,
        key: <Pid as crate::__derive::WireMessage>::View<'_>,
    ) -> bool {
        item.pid == key.pid()
    }
    #[inline]
    fn view_echoes(
        item: AppLookupItemView<'_>,
        key: <Pid as crate::__derive::WireMessage>::View<'_>,
    ) -> bool {
        item.pid() == key.pid()
    }
    #[inline]
    fn marker_of(
        item: AppLookupItemView<'_>,
    ) -> ::core::option::Option<crate::__derive::Marker> {
        match item.status() {
            <ProcessStatus>::PayloadExceeded => {
                ::core::option::Option::Some(crate::__derive::Marker::PayloadExceeded)
            }
            <ProcessStatus>::OversizedItem => {
                ::core::option::Option::Some(crate::__derive::Marker::OversizedItem)
            }
            _ => ::core::option::Option::None,
        }
    }
}
