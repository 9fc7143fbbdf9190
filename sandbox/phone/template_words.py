"""How the platform shows a template message: the title and the names of the rows were chosen when the account took the template."""

TITLES = {
    "sandbox-tpl-confirmed": "预约成功通知",
    "sandbox-tpl-turned-down": "预约未成功通知",
    "sandbox-tpl-unreachable": "电话未接通提醒",
    "sandbox-tpl-cancelled": "预约取消通知",
    "sandbox-tpl-declined": "预约放弃通知",
    "sandbox-tpl-withdrawn": "预约撤回通知",
    "sandbox-tpl-transferred": "服务门店变更通知",
    "sandbox-tpl-registration-matched": "车辆绑定结果通知",
    "sandbox-tpl-registration-rejected": "车辆绑定结果通知",
    "sandbox-tpl-unregistered": "车辆解绑通知",
    "sandbox-tpl-reminder-service": "车辆服务到期提醒",
    "sandbox-tpl-reminder-birthday": "生日祝福",
    "sandbox-tpl-reminder-campaign": "服务活动通知",
    "sandbox-tpl-complaint-progress": "投诉处理进度通知",
    "sandbox-tpl-complaint-survey": "满意度调查通知",
}
OTHER_TITLE = "服务通知"

ROWS = {"thing1": "服务项目", "date2": "预约时间", "thing3": "服务门店", "phrase4": "预约状态", "thing5": "备注"}
ROWS_OF_A_REGISTRATION = {"thing1": "业务类型", "phrase2": "办理结果", "thing3": "温馨提示"}
ROWS_OF_THEIR_OWN = {
    "sandbox-tpl-reminder-service": {
        "thing1": "到期项目",
        "date2": "到期日期",
        "thing3": "服务门店",
        "phrase4": "到期状态",
        "thing5": "温馨提示",
    },
    "sandbox-tpl-reminder-birthday": {"thing1": "祝福内容", "date2": "日期", "thing3": "服务门店", "thing4": "温馨提示"},
    "sandbox-tpl-reminder-campaign": {
        "thing1": "活动名称",
        "date2": "截止日期",
        "thing3": "服务门店",
        "phrase4": "活动状态",
        "thing5": "温馨提示",
    },
    "sandbox-tpl-complaint-progress": {
        "character_string1": "投诉编号",
        "phrase2": "处理状态",
        "date3": "更新时间",
        "thing4": "温馨提示",
    },
    "sandbox-tpl-complaint-survey": {"character_string1": "投诉编号", "date2": "更新时间", "thing3": "温馨提示"},
}


def title_of(template_id: str) -> str:
    return TITLES.get(template_id, OTHER_TITLE)


def rows_of(template_id: str, texts: dict[str, str]) -> list[dict[str, str]]:
    of_others = ROWS_OF_A_REGISTRATION if "registr" in template_id or "unregistered" in template_id else ROWS
    names = ROWS_OF_THEIR_OWN.get(template_id, of_others)
    return [{"name": names.get(keyword, keyword), "text": text} for keyword, text in texts.items()]
