"""Run in an odoo shell while the template is made: a Mexican company, English and es_MX."""
# ruff: noqa: F821  (`env` is the shell's)

env["res.lang"]._activate_lang("en_US")
env.ref("base.user_admin").lang = "en_US"
company = env.ref("base.main_company")
mexico = env.ref("base.mx")
company.write({"country_id": mexico.id, "currency_id": env.ref("base.MXN").id})
if company.chart_template != "mx":
    env["account.chart.template"].try_loading("mx", company=company, install_demo=False)
# A development database has no business with Odoo's own servers.
outside = env.ref("mail.ir_cron_module_update_notification", raise_if_not_found=False)
if outside:
    outside.active = False

languages = set(env["res.lang"].search([]).mapped("code"))
if (company.chart_template, languages) != ("mx", {"en_US", "es_MX"}):
    raise RuntimeError(f"chart {company.chart_template}, languages {languages}")
# The web client's bundles: otherwise each copy of the template compiles them anew.
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
