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
}
OTHER_TITLE = "服务通知"

ROWS = {"thing1": "服务项目", "date2": "预约时间", "thing3": "服务门店", "phrase4": "预约状态", "thing5": "备注"}
ROWS_OF_A_REGISTRATION = {"thing1": "业务类型", "phrase2": "办理结果", "thing3": "温馨提示"}


def title_of(template_id: str) -> str:
    return TITLES.get(template_id, OTHER_TITLE)


def rows_of(template_id: str, texts: dict[str, str]) -> list[dict[str, str]]:
    names = ROWS_OF_A_REGISTRATION if "registr" in template_id or "unregistered" in template_id else ROWS
    return [{"name": names.get(keyword, keyword), "text": text} for keyword, text in texts.items()]
