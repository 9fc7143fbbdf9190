"""A house of the service alone, and appointments brought to where a test begins."""

from contracts.csc import AppointmentTaskCreated
from contracts.dms import AppointmentStored
from services.appointments.service import AppointmentsService
from tests.services.appointments.builders import NOW, RULES, a_binding, a_request, a_saved_slip
from tests.services.house import House, Times


def a_house(schema) -> House:
    service = AppointmentsService()
    service.now, service.rules = Times(NOW), RULES
    house = House(service, schema)
    house.deliver(a_binding())
    return house


def booked(house, **changes):
    request = a_request(**changes)
    house.deliver(request)
    return request.appointment_id


def to_call(house, **changes):
    id = booked(house, **changes)
    house.deliver(AppointmentStored(appointment_id=id, dms_no="D-7"))
    house.deliver(AppointmentTaskCreated(appointment_id=id, task_id="T-1"))
    return id


def agreed(house, **changes):
    id = to_call(house, **changes)
    house.deliver(a_saved_slip(id))
    return id


def state_of(house, id):
    with house.write() as tx:
        return house.service.appointments.get(tx, id).state
