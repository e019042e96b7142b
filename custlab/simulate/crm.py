"""Sample CRM exports made from the software case: Zoho CRM and Fxiaoke column names.

Names, e-mail addresses and telephone numbers are invented; the domain example.com belongs to
nobody.
"""

import numpy as np
import pandas as pd

N_ACCOUNTS = 80
SURNAMES = ("Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Huang", "Zhao", "Wu", "Zhou", "Xu",
            "Sun", "Ma", "Zhu", "Hu", "Guo", "He", "Lin", "Gao", "Luo")  # fmt: skip
GIVEN = ("Wei", "Fang", "Min", "Jing", "Lei", "Qiang", "Yan", "Jie", "Tao", "Ming", "Chao", "Ping",
         "Hui", "Bo", "Xia", "Ning", "Rui", "Ying", "Hao", "Lan")  # fmt: skip
WORDS = ("Rulan", "Qiming", "Botai", "Yuanhe", "Shengda", "Haoyue", "Lingfeng", "Jinsui", "Tianxi",
         "Wenzhou Road", "Beihu", "Xingan", "Chenguang", "Fulin", "Dongli")  # fmt: skip
ZOHO_STAGES = {"won": "Closed Won", "lost": "Closed Lost"}
OPEN_STAGES = ("Qualification", "Needs Analysis", "Proposal/Price Quote", "Negotiation/Review")
REMARKS = "Sample made by the CustLab simulator"


def make_crm_samples(rng, texts):
    """Make the sample export files.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    texts : dict of DataFrame
        The tables of the software case as text.

    Returns
    -------
    dict
        File name without .csv -> DataFrame of text.
    """
    firms = texts["customers"].query("kind != 'household'")
    firms = firms.iloc[np.sort(rng.choice(len(firms), N_ACCOUNTS, replace=False))]
    firms = firms.reset_index(drop=True)
    firms["account"] = [
        f"{city} {WORDS[rng.integers(len(WORDS))]} {industry.title()} {i + 1}"
        for i, (city, industry) in enumerate(zip(firms["city"], firms["industry"], strict=True))
    ]
    people = _of(firms, texts["people"])
    people["surname"] = np.array(SURNAMES)[rng.integers(0, len(SURNAMES), len(people))]
    people["given"] = np.array(GIVEN)[rng.integers(0, len(GIVEN), len(people))]
    deals = _of(firms, texts["deals"]).merge(people[["person_id", "surname", "given"]])
    deals = deals.sort_values("deal_id", ignore_index=True)
    deals["open_stage"] = np.array(OPEN_STAGES)[rng.integers(0, 4, len(deals))]
    owner = deals.drop_duplicates("customer_id").set_index("customer_id")["owner"]
    firms["owner"] = firms["customer_id"].map(owner).fillna("Chen Rui")
    people = people.merge(firms[["customer_id", "owner"]], on="customer_id")
    orders = _of(firms, texts["orders"])
    return {
        "zoho_accounts": _zoho_accounts(firms),
        "zoho_contacts": _zoho_contacts(people),
        "zoho_deals": _zoho_deals(deals),
        "fxiaoke_accounts": _fxiaoke_accounts(firms),
        "fxiaoke_contacts": _fxiaoke_contacts(people),
        "fxiaoke_orders": _fxiaoke_orders(orders),
    }


def _of(firms, table):
    """Keep the rows of the sampled firms and add the firm's name."""
    return table.merge(firms[["customer_id", "account"]], on="customer_id")


def _zoho(keys):
    """Make record ids as Zoho writes them, from ours."""
    return "zcrm_55400000" + keys.str.replace(r"\D", "", regex=True).str.zfill(7)


def _owner_id(names):
    return "zcrm_55400001" + names.map(len).astype(str) + names.str[0].map(lambda x: str(ord(x)))


def _zoho_accounts(firms):
    government = firms["kind"] == "government"
    return pd.DataFrame(
        {
            "Record Id": _zoho(firms["customer_id"]),
            "Account Owner.id": _owner_id(firms["owner"]),
            "Account Owner": firms["owner"],
            "Rating": None,
            "Account Name": firms["account"],
            "Phone": [f"010-5550{i:04d}" for i in range(len(firms))],
            "Account Site": None,
            "Website": [f"www.account{i + 1}.example.com" for i in range(len(firms))],
            "Account Number": firms["customer_id"],
            "Account Type": "Customer",
            "Ownership": np.where(government, "Government", "Private"),
            "Industry": firms["industry"],
            "Employees": firms["employees"],
            "Annual Revenue": None,
            "Billing City": firms["city"],
            "Billing State": firms["province"],
            "Billing Country": "China",
            "Trade Fair Badge": np.where(firms["acquisition_channel"] == "trade fair", "yes", None),
            "Created Time": firms["customer_since"] + " 09:00:00",
        }
    )


def _zoho_contacts(people):
    return pd.DataFrame(
        {
            "Record Id": _zoho(people["person_id"]),
            "Contact Owner.id": _owner_id(people["owner"]),
            "Contact Owner": people["owner"],
            "Lead Source": None,
            "First Name": people["given"],
            "Last Name": people["surname"],
            "Account Name.id": _zoho(people["customer_id"]),
            "Account Name": people["account"],
            "Email": _mail(people),
            "Title": people["title"],
            "Department": people["department"],
            "Phone": None,
            "Mobile": [f"1380000{i:04d}" for i in range(len(people))],
            "Contact Name": people["given"] + " " + people["surname"],
            "Mailing Country": "China",
            "Tag": None,
        }
    )


def _mail(people):
    number = people["person_id"].str[-4:]
    return (people["given"] + "." + people["surname"] + number).str.lower() + "@example.com"


def _zoho_deals(deals):
    is_open = deals["stage"] == "open"
    chance = deals["stage"].map({"won": "100", "lost": "0"}).fillna("40")
    return pd.DataFrame(
        {
            "Record Id": _zoho(deals["deal_id"]),
            "Deal Owner.id": _owner_id(deals["owner"]),
            "Deal Owner": deals["owner"],
            "Amount": deals["amount"],
            "Deal Name": "Offer " + deals["deal_id"].str[-6:],
            "Closing Date": deals["closed_on"],
            "Account Name.id": _zoho(deals["customer_id"]),
            "Account Name": deals["account"],
            "Stage": deals["open_stage"].where(is_open, deals["stage"].map(ZOHO_STAGES)),
            "Probability (%)": chance,
            "Next Step": np.where(is_open, "call", None),
            "Contact Name.id": _zoho(deals["person_id"]),
            "Contact Name": deals["given"] + " " + deals["surname"],
            "Reason For Loss": deals["loss_reason"],
            "Created Time": deals["opened_on"] + " 09:00:00",
        }
    )


def _fxiaoke_id(keys):
    """Make ids as Fxiaoke writes them: 24 hexadecimal digits."""
    return "5f3a" + keys.str.replace(r"\D", "", regex=True).str.zfill(20)


def _fxiaoke_accounts(firms):
    return pd.DataFrame(
        {
            "_id": _fxiaoke_id(firms["customer_id"]),
            "name": firms["account"],
            "account_type": firms["kind"],
            "account_no": firms["customer_id"],
            "tel": [f"010-5550{i:04d}" for i in range(len(firms))],
            "address": firms["province"] + " " + firms["city"],
            "area_location": firms["province"] + "/" + firms["city"],
            "industry_level1": firms["industry"],
            "account_level": None,
            "remark": REMARKS,
            "account_source": firms["acquisition_channel"],
            "owner": firms["owner"],
            "employees__c": firms["employees"],
            "visit_rhythm__c": np.where(firms["kind"] == "government", "quarterly", None),
            "create_time": _milliseconds(firms["customer_since"]),
        }
    )


def _fxiaoke_contacts(people):
    return pd.DataFrame(
        {
            "_id": _fxiaoke_id(people["person_id"]),
            "name": people["surname"] + " " + people["given"],
            "account_id": _fxiaoke_id(people["customer_id"]),
            "job_title": people["title"],
            "department": people["department"],
            "mobile1": [f"1380000{i:04d}" for i in range(len(people))],
            "email": _mail(people),
            "company": people["account"],
            "owner": people["owner"],
            "wechat__c": None,
        }
    )


def _fxiaoke_orders(lines):
    money = lines.assign(
        amount=lines["amount"].astype(float), discount=lines["discount"].astype(float)
    )
    orders = money.groupby("order_id", as_index=False).agg(
        customer_id=("customer_id", "first"), order_date=("order_date", "first"),
        amount=("amount", "sum"), discount=("discount", "sum"),
    )  # fmt: skip
    return pd.DataFrame(
        {
            "name": orders["order_id"],
            "account_id": _fxiaoke_id(orders["customer_id"]),
            "order_time": _milliseconds(orders["order_date"]),
            "order_amount": orders["amount"].map("{:.2f}".format),
            "discount": orders["discount"].map("{:.2f}".format),
            "delivery_date": None,
            "price_book_id": None,
            "remark": REMARKS,
            "owner": None,
            "order_status": "confirmed",
            "life_status": "normal",
        }
    )


def _milliseconds(dates):
    """Turn days into milliseconds since 1970, midnight in China, as the Fxiaoke interface does."""
    moment = pd.to_datetime(dates).dt.tz_localize("Asia/Shanghai")
    seconds = (moment - pd.Timestamp("1970-01-01", tz="UTC")).dt.total_seconds()
    return (seconds * 1000).astype("int64").astype(str)
