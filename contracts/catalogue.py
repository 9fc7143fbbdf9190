"""Every message on the bus, by its type."""

from contracts import appointments, csc, customers, dms, messaging, ops, wechat
from contracts.envelope import Contract

ALL: tuple[type[Contract], ...] = (
    appointments.RequestAppointment,
    appointments.WithdrawAppointment,
    appointments.AppointmentRequested,
    appointments.AppointmentTurnedDown,
    appointments.AppointmentUnreachable,
    appointments.AppointmentDeclined,
    appointments.AppointmentWithdrawn,
    appointments.AppointmentConfirmed,
    appointments.AppointmentCancelled,
    appointments.AppointmentNotified,
    customers.CustomerRegistered,
    customers.CustomerUnregistered,
    dms.StoreAppointment,
    dms.CancelAppointment,
    dms.StoreSlip,
    dms.AppointmentStored,
    dms.AppointmentRejected,
    dms.AppointmentSlipStored,
    dms.AppointmentSlipRefused,
    csc.OpenCallTask,
    csc.CloseCallTask,
    csc.AppointmentTaskCreated,
    csc.AppointmentTaskRefused,
    csc.AppointmentCallLogged,
    csc.AppointmentSlipSaved,
    messaging.AppointmentConfirmationSent,
    messaging.AppointmentConfirmationFailed,
    wechat.TextReceived,
    wechat.MenuClicked,
    wechat.FollowerSubscribed,
    wechat.FollowerUnsubscribed,
    wechat.TemplateJobFinished,
    wechat.PushReceived,
    wechat.SendTemplate,
    wechat.TemplateAccepted,
    wechat.TemplateRefused,
    wechat.TemplateDelivered,
    wechat.TemplateUndelivered,
    ops.OpsReport,
    ops.RedriveParked,
    ops.DropParked,
)

BY_TYPE: dict[str, type[Contract]] = {contract.type_name(): contract for contract in ALL}

QUEUED_SERVICES: tuple[str, ...] = ("appointments", "customers", "messaging", "insight", "sender", "dms", "csc")
"""Services with a queue of their own. The gateway and the pages only publish."""
