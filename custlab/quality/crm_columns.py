"""Column names of CRM exports: which of ours each becomes, and which are personal.

From public importers and API clients. Per file: our table -> our column -> names seen, the
first one that is there wins. Case, blanks and underscores in names do not matter.
"""

from __future__ import annotations

ZOHO = {
    "accounts": {
        "customers": {
            "customer_id": ("Record Id", "Account Id", "Account Number"),
            "kind": ("Ownership", "Account Type"),
            "customer_since": ("Created Time",),
            "province": ("Billing State", "Shipping State"),
            "city": ("Billing City", "Shipping City"),
            "acquisition_channel": ("Lead Source", "Account Source"),
            "industry": ("Industry",),
            "employees": ("Employees", "No. of Employees"),
        }
    },
    "contacts": {
        "people": {
            "person_id": ("Record Id", "Contact Id"),
            "customer_id": ("Account Name.id", "Company Name.id", "Account Name", "Company Name"),
            "title": ("Title",),
            "department": ("Department",),
            "reports_to": ("Reporting To.id", "Reporting To"),
        }
    },
    "deals": {
        "deals": {
            "deal_id": ("Record Id", "Deal Id"),
            "customer_id": ("Account Name.id", "Company Name.id", "Account Name"),
            "person_id": ("Contact Name.id", "Contact Name"),
            "owner": ("Deal Owner", "Deal Owner.id"),
            "opened_on": ("Created Time",),
            "closed_on": ("Closing Date",),
            "stage": ("Stage",),
            "amount": ("Amount",),
            "loss_reason": ("Reason For Loss", "Reason For Loss(s)"),
        }
    },
    "leads": {
        "customers": {
            "customer_id": ("Record Id", "Lead Id"),
            "kind": ("Company Type", "Ownership"),
            "customer_since": ("Created Time",),
            "province": ("State",),
            "city": ("City",),
            "acquisition_channel": ("Lead Source",),
            "industry": ("Industry",),
            "employees": ("No. of Employees", "Employees"),
        }
    },
}

FXIAOKE = {
    "accounts": {
        "customers": {
            "customer_id": ("_id", "account_no", "name"),
            "kind": ("account_type",),
            "customer_since": ("create_time",),
            "place": ("area_location",),
            "acquisition_channel": ("account_source",),
            "industry": ("industry_level1", "industry_level2"),
            "employees": ("employees__c", "employee_number"),
        }
    },
    "contacts": {
        "people": {
            "person_id": ("_id", "contact_id", "name"),
            "customer_id": ("account_id", "company"),
            "title": ("job_title", "title", "post"),
            "department": ("department",),
        }
    },
    "orders": {
        "orders": {
            "order_id": ("name", "_id"),
            "customer_id": ("account_id",),
            "order_date": ("order_time",),
            "amount": ("order_amount",),
            "discount": ("discount",),
        }
    },
}

# Words in the stage of a deal, written small and without signs: the first outcome that fits.
STAGES = {
    "lost": r"\blost\b|\bnot won\b|输单|丢单|失单|未成交|未赢|战败|无效",
    "won": r"\bwon\b|赢单|成单|成交|已签约",
    "open": (
        r"\bopen\b|\bnew\b|qualif|analysis|proposition|decision maker|proposal|quot|negotiat|"
        r"review|prospect|discovery|\bdemo|pipeline|验证|初步|需求|方案|报价|谈判|商务|立项|跟进|进行中"
    ),
}

# Written as `crm.plain` writes them.
PERSONAL = frozenset(
    {
        "firstname", "lastname", "contactname", "leadname", "salutation", "email", "phone",
        "mobile", "fax", "tel", "tel1", "tel2", "tel3", "mobile1", "name", "address", "street",
        "mailingstreet", "shiptotel", "shiptoadd", "skypeid", "twitter", "wechatc",
    }
)  # fmt: skip

# Columns of the exports that are known and that the course's tables have no use for.
NOT_NEEDED = frozenset(
    {
        # Zoho CRM
        "accountowner.id", "accountowner", "rating", "accountname", "accountname.id", "accountsite",
        "website", "accountnumber", "tickersymbol", "accounttype", "ownership", "annualrevenue",
        "siccode", "contactowner.id", "contactowner", "leadsource", "vendorname.id", "vendorname",
        "mailingcity", "mailingstate", "mailingzip", "mailingcountry", "reportingto", "tag",
        "dealowner.id", "dealname", "contactname.id", "probability(%)", "nextstep", "description",
        "leadowner.id", "leadowner", "isconverted", "company", "leadstatus", "createdby.id",
        "createdby", "modifiedby.id", "modifiedby", "modifiedtime", "zipcode", "emailoptout",
        "lastactivitytime", "billingstreet", "billingcode", "billingcountry", "shippingstreet",
        "shippingcity", "shippingstate", "shippingcode", "shippingcountry",
        # Fxiaoke
        "accountno", "url", "backreason", "industrylevel2", "accountlevel", "remark", "owner",
        "lastmodifiedtime", "quoteid", "deliverydate", "shiptoid", "pricebookid", "orderstatus",
        "lifestatus",
    }
)  # fmt: skip
