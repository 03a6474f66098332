/** First names of many places, for people who do not exist. */
export const FIRST_NAMES = [
  ...["Amelia", "Oliver", "Priya", "Mateo", "Ingrid", "Kwame", "Yuki", "Fatima", "Liam", "Sofía", "Anders", "Chidi"],
  ...["Zoë", "Rashid", "Hannah", "Tomasz", "Mei", "Søren", "Leila", "Diego", "Aoife", "Nikolai", "Thandiwe", "Björn"],
  ...[
    "Camille",
    "Arjun",
    "Élodie",
    "Marcus",
    "Noor",
    "Giulia",
    "Hiroshi",
    "Wanjiru",
    "Pavel",
    "Isabel",
    "Omar",
    "Ruth",
  ],
  ...["Jakub", "Linh", "Samuel", "Ayşe", "Dmitri", "Grace", "Rafael", "Eilidh", "Tariq", "Nadia", "Henrik", "Xiomara"],
  ...["Viktor", "Carmen", "Kofi", "Astrid", "李娜", "Bruno", "Deepa", "Evan", "Ольга", "Jonas", "Maya", "Tadhg"],
];

/** Family names of many places. */
export const LAST_NAMES = [
  ...["Okafor", "Lindqvist", "Patel", "García", "O'Connor", "Nakamura", "Müller", "Kowalski", "Hughes", "Silva"],
  ...["van der Berg", "Haddad", "Novák", "Tanaka", "Johansson", "Mbeki", "Rossi", "Nguyen", "Ferreira", "Schmidt"],
  ...["Ivanova", "Campbell", "Yılmaz", "Dubois", "Ramírez", "Chaudhry", "Andersen", "Murphy", "Peña", "Kimani"],
  ...["Horváth", "Sato", "Bianchi", "Wójcik", "Eriksen", "Adeyemi", "Laurent", "Papadopoulos", "Choi", "Bakker"],
  ...["Fitzgerald-Ames", "Costa", "Petrov", "Ó Briain", "Mensah", "Björk", "Delacroix", "Rahman", "Weiß", "Torres"],
  ...["Kaplan", "Suzuki", "Moreau", "Ndiaye", "Hall", "Vasquez", "Lehtonen", "Marchetti", "Singh", "Zimmermann"],
];

/** Departments, which also name groups. */
export const DEPARTMENTS = [
  ...["Engineering", "Sales", "Marketing", "Finance", "Legal", "People", "Support", "Security", "Design", "R&D"],
  ...["IT Operations", "Data & Analytics", "Facilities", "Procurement", "Customer Success", "Product", "Quality"],
];

/** What a department's group is for. */
export const GROUP_KINDS = [
  ...["All", "Leads", "Contractors", "Oncall", "Interns", "Admins", "VPN", "Wiki editors", "Approvers", "Read-only"],
  ...["EMEA", "APAC", "Americas", "Berlin", "Tokyo", "São Paulo", "Nairobi", "Project Aurora", "Project Basalt"],
  ...["Project Cobalt", "Budget owners", "Break glass", "Alumni", "Shared mailbox", "Test accounts"],
];

/** Job titles. */
export const TITLES = [
  ...["Analyst", "Engineer", "Senior Engineer", "Manager", "Director", "Specialist", "Coordinator", "Consultant"],
  ...["Administrator", "Designer", "Counsel", "Representative", "Principal", "Intern"],
];

/** Names of applications nobody sells. */
export const APP_NAMES = [
  ...["Ledgerline", "Northwind Mail", "Kiteboard", "Parcelo", "Wikiwell", "Tally HR", "Cloudhaven", "Fernpost CRM"],
  ...[
    "Buildwright CI",
    "Sandglass Time",
    "Expensa",
    "Quillpad",
    "Docketry",
    "Lumen Metrics",
    "Harbor VPN",
    "Papertrailer",
  ],
  ...["Signwell", "Roomfinder", "Ticketeer", "Vaultly", "Meetbridge", "Benefit Hub", "Code Orchard", "Atlas: Maps"],
];

/** A name as it stands in an address: letters `a` to `z`, digits and dots only. */
export function addressPart(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("ø", "o")
    .replaceAll("ı", "i")
    .replace(/[^a-z0-9]/g, "");
  return plain === "" ? "user" : plain;
}
